import time
from tests.browser import test_axe
from tests.browser.test_axe import PLACES, RUN, OPTIONS
from tests.browser.test_axe import _axe
def test_m(visit, site):
    for n in (2,8,24,40):
        t=time.time(); page=visit(PLACES[n].who); a=time.time(); PLACES[n].open(page,site); b=time.time(); page.evaluate(_axe()); c=time.time()
        page.evaluate(RUN,OPTIONS); d=time.time(); page.emulate_media(color_scheme='dark'); page.evaluate(RUN,OPTIONS); e=time.time()
        page.evaluate("o=>axe.run(document,o)",{"runOnly":["color-contrast","link-in-text-block"],"preload":False,"resultTypes": ["violations"]}); f=time.time()
        o2=dict(OPTIONS, elementRef=False, performanceTimer=True)
        print([round(x,3) for x in (a-t,b-a,c-b,d-c,e-d,f-e)])
