"""Which tests of the pages run on PostgreSQL too. All others run on SQLite alone, but for PAGES=both.

They are chosen by statement: each SQL statement that the tests of the pages send is sent to PostgreSQL by one of these,
or by a file that runs as a whole. A page that asks the database something new has a test of it here.
"""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
#: {file: why all of it runs on both}
WHOLE_FILES = {
    "health/test_health.py": "it asks the database about itself",
    "test_known_failures.py": "double clicks and other races end differently where rows are locked, not the database",
    "test_large_bank.py": "how many questions a page asks must not depend on the database",
    "test_once_wrong.py": "found once, in use",
    "test_queries.py": "every page that can be opened is opened",
}
#: {file: names of tests}
TESTS = {
    "acting/test_start.py": (
        "test_one_broker_for_both_sides_is_asked_for_evidence_and_loses_nothing",
        "test_a_broker_changes_the_phone_of_a_member_and_learns_nothing_of_their_devices",
        "test_the_contact_of_somebody_with_a_role_is_theirs_alone_to_change",
        "test_a_broker_cannot_choose_the_password_of_the_member_they_act_for",
        "test_two_windows_of_one_broker_never_mix_two_members",
    ),
    "announcements/test_announcements.py": ("test_a_broker_lets_everybody_know_and_takes_it_down",),
    "areas/test_areas.py": (
        "test_sending_the_form_twice_adds_one",
        "test_the_ways_from_an_area_are_typed_on_its_page",
        "test_a_new_name_is_the_new_address",
    ),
    "audit/test_books.py": (
        "test_checking_now_says_yes_and_by_what_and_how_many_rows",
        "test_the_newest_check_answers_and_older_ones_are_history",
        "test_every_figure_opens_rows_that_come_to_it",
    ),
    "audit/test_exchanges.py": (
        "test_the_choice_is_kept_in_the_form_in_links_and_in_words",
        "test_what_cannot_be_understood_is_said_keeps_what_was_typed_and_lists_nothing",
        "test_usual_months_are_one_tap_and_keep_the_rest_of_the_choice",
        "test_kinds_of_help_and_areas_are_asked_by_name",
        "test_a_kind_whose_name_holds_a_stroke_is_asked_for_apart_from_the_one_below",
    ),
    "audit/test_lists.py": (
        "test_who_left_with_hours_is_listed_as_left",
        "test_one_broker_for_both_sides_is_listed_with_the_evidence",
        "test_late_entries_keep_their_day_and_say_when_they_were_written",
        "test_entries_are_narrowed_down_by_kind",
    ),
    "audit/test_sheets.py": ("test_two_thousand_exchanges_are_counted_exactly_and_all_sent",),
    "corrections/test_adjustment.py": (
        "test_who_has_left_is_found_too_and_so_is_a_number",
        "test_sent_twice_it_waits_once",
    ),
    "corrections/test_correction.py": (
        "test_turning_it_down_takes_a_reason_that_is_shown",
        "test_the_proposer_withdraws_a_correction",
    ),
    "corrections/test_months.py": (
        "test_months_are_listed_with_their_figures",
        "test_a_month_is_signed_by_one_and_confirmed_by_another",
        "test_a_month_that_is_not_over_is_not_signed",
        "test_figures_that_differ_are_named_and_cannot_be_confirmed",
        "test_turning_a_month_down_needs_a_reason",
        "test_who_signed_takes_the_signature_back",
    ),
    "corrections/test_reversal.py": (
        "test_a_reversal_is_not_taken_back",
        "test_an_adjustment_is_taken_back_like_any_other",
    ),
    "desk/test_desk.py": ("test_the_desk_lists_disputes_and_reversals_with_their_people_and_reasons",),
    "errors/test_error_pages.py": (
        "test_nothing_typed_however_odd_breaks_a_page",
        "test_a_page_that_breaks_says_that_nothing_moved_and_shows_nothing_of_the_inside",
    ),
    "exchanges/test_agreeing.py": ("test_who_recorded_help_withdraws_it_before_it_is_confirmed",),
    "exchanges/test_disputing.py": ("test_a_broker_who_disputes_for_a_member_gives_evidence",),
    "exchanges/test_exchanges.py": ("test_a_long_list_goes_on_page_by_page_and_leaves_nothing_out",),
    "exchanges/test_filing.py": ("test_what_is_not_on_the_list_is_said_and_files_nothing",),
    "exchanges/test_thanking.py": (
        "test_thanks_sent_twice_are_said_once",
        "test_two_who_have_agreed_see_what_the_other_chose_to_show",
        "test_e_mail_is_shown_where_that_was_chosen",
    ),
    "front/test_front.py": ("test_with_one_bank_the_front_goes_straight_there",),
    "home/test_asked.py": (
        "test_what_was_asked_stands_on_home_until_helpers_agree",
        "test_nobody_came_and_one_button_asks_again",
    ),
    "home/test_suggestions.py": ("test_what_fits_my_offer_leads_to_the_request_and_can_be_dismissed",),
    "home/test_home.py": ("test_home_says_my_hours_what_waits_for_me_and_what_i_can_do",),
    "imports/test_imports.py": ("test_a_file_is_chosen_looked_at_and_brought_in_and_the_job_says_what_came_of_it",),
    "jobs/test_jobs.py": (
        "test_asking_for_a_second_check_shows_the_one_that_waits",
        "test_it_is_called_off_once_and_says_so",
        "test_the_books_are_asked_for_written_and_saved_and_who_saved_them_is_on_record",
        "test_the_list_is_by_newest_first_with_its_state_and_goes_on",
        "test_what_was_refused_of_a_plan_is_named_with_why",
    ),
    "joining/test_application.py": (
        "test_welcome_hours_come_from_the_pot_and_nothing_is_minted",
        "test_taking_in_twice_makes_one_member",
        "test_somebody_who_is_not_taken_in_is_kept_with_the_reason",
        "test_nobody_handles_their_own_application",
    ),
    "joining/test_join.py": (
        "test_anybody_can_say_that_they_want_to_join",
        "test_a_bank_shows_its_own_notice_instead",
        "test_where_the_bank_asks_nobody_it_does_not_say_so",
    ),
    "joining/test_write_down.py": (
        "test_a_name_and_a_phone_number_are_enough",
        "test_a_number_without_its_country_code_is_the_banks_own",
        "test_who_wrote_it_down_is_on_record",
    ),
    "leaving/test_leaving.py": (
        "test_a_broker_comes_from_the_members_page_and_the_pot_is_pressed_in_already",
        "test_a_form_sent_twice_does_it_once",
    ),
    "limits/test_limit.py": ("test_whom_to_ring_where_the_bank_says_less_of_itself",),
    "limits/test_pot.py": (
        "test_a_coordinator_changes_it_for_good",
        "test_sending_it_twice_changes_it_once",
    ),
    "listings/test_categories.py": (
        "test_categories_only_the_developers_can_change_are_a_failure_of_peers_not_ours",
        "test_each_button_moves_its_own_category",
        "test_a_name_that_will_not_do_is_refused_and_kept",
    ),
    "listings/test_listing.py": ("test_who_turns_to_somebody_else_answers_the_listing_no_more",),
    "listings/test_listings.py": (
        "test_a_search_forgives_accents_and_plurals_a_known_failure_of_peers",
        "test_each_choice_narrows_the_list_and_nonsense_does_not",
        "test_a_choice_stays_chosen_and_goes_with_the_tabs_and_pages",
    ),
    "listings/test_requests.py": (
        "test_a_request_says_its_day_time_and_helpers_and_so_does_its_page",
        "test_a_broker_writes_a_request_for_a_member_in_one_form",
    ),
    "listings/test_own.py": (
        "test_the_area_is_ones_own_unless_another_is_chosen",
        "test_a_form_sent_twice_lists_it_once",
        "test_bits_that_are_no_part_of_the_week_are_left_aside",
        "test_a_listing_is_changed_in_a_form_that_shows_its_present_words",
        "test_a_broker_changes_what_was_imported",
        "test_a_listing_that_changed_meanwhile_is_left_alone_with_a_notice",
        "test_each_button_of_a_page_does_its_own_deed_once_whatever_was_pressed_before",
        "test_a_broker_hands_what_was_imported_to_its_owner",
    ),
    "members/test_helping.py": (
        "test_a_member_comes_from_their_page_and_says_when_they_can_help",
        "test_the_members_own_and_the_banks_most_spoken_languages_come_first",
    ),
    "members/test_members.py": (
        "test_a_name_is_found_without_accents_or_capitals_and_by_any_part_of_it",
        "test_a_search_without_a_hit_keeps_the_words_and_offers_everybody",
        "test_the_holder_of_imported_listings_has_no_page_and_is_in_no_list",
    ),
    "members/test_profile.py": (
        "test_a_member_changes_what_others_read_about_them",
        "test_an_incomplete_form_is_refused_and_keeps_what_was_typed",
        "test_a_member_says_where_they_live_and_what_they_show",
        "test_an_area_that_was_closed_stays_with_who_has_it_and_is_offered_to_nobody_else",
        "test_what_a_member_shows_is_no_news_to_who_agreed_nothing_with_them",
    ),
    "members/test_roles.py": (
        "test_who_approves_or_audits_becomes_so_with_two_people",
        "test_who_proposed_it_is_told_on_the_desk_until_they_put_it_away",
        "test_the_members_page_shows_it_to_keepers_only",
    ),
    "members/test_sign_in_code.py": (
        "test_the_code_of_a_keeper_is_made_by_two_people_who_have_half_of_it_each",
        "test_a_half_that_waits_is_named_to_keepers_until_the_second_is_made",
        "test_who_made_a_code_for_whom_is_on_record",
    ),
    "members/test_standing.py": ("test_a_form_sent_twice_changes_it_once",),
    "matching/test_board.py": (
        "test_from_the_board_to_an_invitation_in_three_clicks",
        "test_match_all_asks_those_whom_the_broker_keeps",
        "test_a_line_that_somebody_else_sent_meanwhile_stops_no_other",
        "test_a_circle_is_asked_as_a_whole",
        "test_a_coordinator_sets_how_the_bank_asks_and_it_counts",
    ),
    "matching/test_helpers.py": ("test_from_a_request_to_who_could_help_and_why",),
    "matching/test_invitations.py": (
        "test_a_member_says_yes_with_one_press_and_it_is_agreed",
        "test_a_member_may_always_say_no",
        "test_who_is_asked_twice_at_once_is_asked_once",
        "test_who_is_second_to_say_yes_is_thanked",
    ),
    "messages/test_messages.py": (
        "test_a_member_writes_about_an_offer_and_the_other_answers",
        "test_who_has_read_it_says_so",
        "test_an_odd_subject_is_none",
        "test_a_member_asks_a_broker_to_look_and_the_broker_says_so_before_reading",
    ),
    "missing/test_missing.py": (
        "test_a_line_opens_its_rows",
        "test_an_area_without_helpers_says_who_lives_there_and_what_is_asked_for",
        "test_one_button_puts_it_on_the_list_and_a_second_press_says_that_it_is_there",
    ),
    "texting/test_doors.py": (
        "test_a_text_is_a_task_that_a_broker_reads",
        "test_what_did_not_arrive_is_told_otherwise",
    ),
    "notices/test_letters.py": (
        "test_a_broker_comes_from_the_task_prints_the_letters_and_says_they_are_posted",
        "test_a_member_gives_an_address_where_the_bank_sends_letters_and_chooses_the_post",
        "test_a_sign_that_no_text_has_in_a_ticked_box_is_left_out",
    ),
    "notices/test_call.py": ("test_who_is_not_reached_is_tried_again_and_then_a_broker_decides",),
    "notices/test_choices.py": (
        "test_a_broker_chooses_for_a_member_who_rings",
        "test_who_gets_nothing_by_their_e_mail_reads_it",
    ),
    "notices/test_stop.py": ("test_a_button_of_the_page_chooses_something_rarer",),
    "recording/test_check.py": ("test_a_draft_that_grew_too_old_is_refused_kindly_and_kept",),
    "recording/test_extras.py": (
        "test_travel_and_getting_ready_are_asked_for_where_help_is_agreed",
        "test_recording_agreed_help_adds_what_was_agreed",
        "test_the_way_between_two_areas_is_said_where_help_is_agreed",
    ),
    "recording/test_kind.py": ("test_the_request_that_it_was_for_is_one_tap",),
    "recording/test_what.py": ("test_what_was_said_before_is_there_to_be_changed",),
    "recording/test_who.py": (
        "test_nobody_gives_hours_to_themselves",
        "test_a_name_that_is_typed_counts_though_somebody_was_pressed_in_before",
    ),
    "reversals/test_reversals.py": (
        "test_when_both_sides_agree_the_hours_go_back_with_a_new_line",
        "test_a_second_approver_has_the_hours_go_back",
        "test_the_proposer_can_withdraw_and_propose_again",
        "test_hours_that_were_spent_meanwhile_are_taken_back_all_the_same_and_the_lower_floor_is_on_record",
    ),
    "rules/test_by_time.py": ("test_a_coordinator_chooses_it_and_answers_for_it_by_name",),
    "rules/test_rules.py": (
        "test_a_coordinator_changes_them_and_they_are_read_at_once",
        "test_a_new_limit_is_for_whoever_comes_after_or_for_all",
        "test_sending_the_form_twice_changes_them_once",
        "test_only_a_coordinator_changes_them",
    ),
    "seals/test_seals.py": (
        "test_the_page_tells_of_a_backup_that_was_restored",
        "test_a_receipt_is_asked_for_where_hours_have_moved",
    ),
    "signing_in/test_code.py": (
        "test_opening_the_link_with_a_code_changes_nothing_and_its_button_signs_in",
        "test_a_code_is_kept_as_a_digest_only",
    ),
    "signing_in/test_password.py": ("test_who_changed_a_password_and_when_is_on_record",),
    "signing_in/test_texted.py": (
        "test_a_member_shows_that_a_phone_is_theirs_and_comes_in_by_it_without_a_password",
        "test_after_stop_the_pages_say_so_and_its_owner_wants_codes_again",
        "test_of_a_phone_that_several_have_each_can_show_that_it_is_theirs",
    ),
    "signing_in/test_texted_attacks.py": ("test_a_code_that_is_used_twice_at_once_lets_one_in",),
    "signing_in/test_why_ended.py": ("test_the_door_says_why_once_and_nothing_is_left",),
    "signing_in/test_sign_in.py": (
        "test_somebody_unknown_here_reads_the_same_sentence",
        "test_two_with_one_e_mail_sign_in_by_their_numbers",
        "test_a_members_password_is_not_guessed_by_taking_on_her_e_mail",
        "test_the_cookie_holds_a_token_that_scripts_cannot_read_and_no_persons_id",
        "test_signing_out_ends_the_session_on_the_server_too",
    ),
    "statement/test_spreadsheet.py": ("test_the_spreadsheet_holds_what_the_page_shows",),
    "statement/test_statement.py": (
        "test_the_running_balance_is_the_same_under_every_filter",
        "test_what_was_brought_in_opens_in_the_audit",
    ),
    "styleguide/test_styleguide.py": (
        "test_a_list_is_narrowed_by_a_form_that_keeps_the_choice_and_gone_through_by_pages",
    ),
    "tasks/test_task.py": (
        "test_what_came_of_it_is_kept_and_it_leaves_the_list",
        "test_taking_it_stays_on_the_trail",
    ),
    "tasks/test_tasks.py": (
        "test_a_task_can_be_about_an_exchange_or_what_has_no_page_yet",
        "test_the_list_shows_what_is_asked_for",
    ),
    "test_bank_borders.py": (
        "test_no_list_search_or_spreadsheet_of_angus_tells_of_perth",
        "test_a_way_to_an_area_of_perth_cannot_be_kept",
    ),
}


def runs_on_postgresql(item: pytest.Item) -> bool:
    """Return whether a test of the pages is not for SQLite alone; a marker chooses one case of a table."""
    path = item.path.relative_to(HERE).as_posix()
    names = TESTS.get(path, ())
    return path in WHOLE_FILES or item.originalname in names or item.get_closest_marker("postgresql_too") is not None
