//! Each rule is needed: without it there is an order of events that breaks a promise. `--show-output` tells the shortest.

use crate::promise::Promise::{self, ComesToRest, NoDeleteOfTheWrongAccount, NoDoubleCreate, NoLostUpdate, NoResurrectedDelete};
use crate::rules::Rule;
use crate::story::Story;
use crate::tell;

fn breaks(story: Story, without: &'static [Rule], expected: Promise) {
    let broken = tell(story, without).broken.map(|(promise, _)| promise);
    assert_eq!(broken, Some(expected), "without {without:?}");
}

#[test]
fn without_the_first_mark_a_change_is_lost() {
    breaks(Story::two_edits(), &[Rule::FirstMark], NoLostUpdate);
}

#[test]
fn without_the_second_mark_a_change_is_lost() {
    breaks(Story::two_edits(), &[Rule::SecondMark], NoLostUpdate);
}

#[test]
fn without_the_sweep_a_registration_is_lost() {
    breaks(Story::registered_anew(), &[Rule::Sweep], NoLostUpdate);
}

#[test]
fn without_a_snapshot_after_the_row_a_change_is_lost() {
    breaks(Story::two_edits(), &[Rule::SnapshotAfterRow], NoLostUpdate);
}

#[test]
fn without_the_settling_time_a_change_is_lost() {
    breaks(Story::two_edits(), &[Rule::SettlingTime], NoLostUpdate);
}

#[test]
fn with_a_settling_time_that_ends_before_the_answer_a_change_is_lost() {
    breaks(Story::two_edits(), &[Rule::SettledAsRead], NoLostUpdate);
}

#[test]
fn without_another_look_at_what_was_refused_unsettled_a_change_is_lost() {
    breaks(Story::refused(), &[Rule::RefusedUnsettled], NoLostUpdate);
}

#[test]
fn without_the_revision_as_read_a_change_is_lost_and_a_removal_undone() {
    breaks(Story::two_edits(), &[Rule::RevisionAsRead], NoLostUpdate);
    breaks(Story::new_address_of_a_new_user(), &[Rule::RevisionAsRead], NoResurrectedDelete);
}

#[test]
fn without_the_fence_of_the_lease_a_change_is_lost() {
    breaks(Story::two_edits(), &[Rule::LeaseFence], NoLostUpdate);
}

#[test]
fn with_a_late_word_about_the_account_one_that_was_forgotten_is_back() {
    breaks(Story::removed_there_when_made(), &[Rule::FenceForAccount], NoLostUpdate);
}

#[test]
fn what_is_sent_without_a_lease_loses_a_change_and_doubles_an_account() {
    breaks(Story::two_edits(), &[Rule::SendUnderToken], NoLostUpdate);
    breaks(Story::edit_of_a_new_user(), &[Rule::SendUnderToken], NoDoubleCreate);
}

#[test]
fn a_lease_that_ends_before_the_sending_loses_a_change_and_doubles_an_account() {
    breaks(Story::two_edits(), &[Rule::RenewedLease], NoLostUpdate);
    breaks(Story::edit_of_a_new_user(), &[Rule::RenewedLease], NoDoubleCreate);
}

#[test]
fn a_lease_that_ends_before_the_site_is_done_loses_a_change_and_doubles_an_account() {
    breaks(Story::two_edits(), &[Rule::LeaseOutlastsSite], NoLostUpdate);
    breaks(Story::edit_of_a_new_user(), &[Rule::LeaseOutlastsSite], NoDoubleCreate);
}

#[test]
fn without_a_note_before_sending_an_account_is_not_known_again() {
    breaks(Story::edit_of_a_new_user(), &[Rule::NoteCreate], NoLostUpdate);
    breaks(Story::removal_of_a_new_user(), &[Rule::NoteCreate], NoResurrectedDelete);
}

#[test]
fn without_a_wait_after_an_unanswered_create_an_account_is_doubled() {
    breaks(Story::edit_of_a_new_user(), &[Rule::WaitAfterCreate], NoDoubleCreate);
    breaks(Story::removal_of_a_new_user(), &[Rule::WaitAfterCreate], NoResurrectedDelete);
}

#[test]
fn without_an_end_of_the_doubt_a_user_is_looked_for_for_ever() {
    breaks(Story::edit_of_a_new_user(), &[Rule::DoubtEnds], ComesToRest);
}

#[test]
fn with_a_doubt_that_reaches_over_more_than_one_create_a_strangers_account_is_removed() {
    breaks(Story::stranger_in_doubt(), &[Rule::LookApart], NoDeleteOfTheWrongAccount);
    breaks(Story::stranger_in_doubt(), &[Rule::DoubtAsRead], NoDeleteOfTheWrongAccount);
}

#[test]
fn with_a_doubt_that_ends_unasked_a_removed_user_comes_back() {
    breaks(Story::removal_of_a_new_user(), &[Rule::DoubtKept], NoResurrectedDelete);
}

#[test]
fn without_a_look_before_absent_a_removed_user_comes_back() {
    breaks(Story::removal_of_a_new_user(), &[Rule::LookBeforeAbsent], NoResurrectedDelete);
}

#[test]
fn without_a_look_for_the_address_that_was_sent_a_removed_user_comes_back() {
    breaks(Story::new_address_of_a_new_user(), &[Rule::LookAsSent], NoResurrectedDelete);
}

#[test]
fn with_a_look_that_takes_anybody_at_the_address_that_was_sent_a_user_waits_for_ever() {
    breaks(Story::moved_address_in_doubt(), &[Rule::OldAddressIsNobodys], ComesToRest);
}

#[test]
fn without_doubt_in_the_base_a_change_back_is_lost() {
    breaks(Story::two_edits(), &[Rule::NoteUpdate], NoLostUpdate);
}

#[test]
fn without_a_wait_after_an_unanswered_update_it_undoes_the_next_one() {
    breaks(Story::two_edits(), &[Rule::WaitAfterUpdate], NoLostUpdate);
}

#[test]
fn without_waits_for_the_wrong_account_is_removed() {
    breaks(Story::moved_address().that_adopts(), &[Rule::WaitsFor], NoDeleteOfTheWrongAccount);
    breaks(Story::registered_anew().that_adopts(), &[Rule::WaitsFor, Rule::WaitsForRemoved], NoDeleteOfTheWrongAccount);
}

#[test]
fn without_a_wait_for_who_was_removed_they_come_back() {
    breaks(Story::registered_anew_in_doubt(), &[Rule::WaitsForRemoved], NoResurrectedDelete);
}

#[test]
fn with_a_wait_for_who_is_only_marked_as_removed_a_registration_waits_for_ever() {
    breaks(Story::moved_address_after_a_removal_was_cut_off(), &[Rule::RemovedIsGone], ComesToRest);
}

#[test]
fn without_a_wait_for_who_may_have_made_the_account_a_registration_is_lost() {
    breaks(Story::moved_address_in_doubt(), &[Rule::WaitsForTried], NoLostUpdate);
    breaks(Story::moved_address_in_doubt().that_adopts(), &[Rule::WaitsForTried], ComesToRest);
}

#[test]
fn without_a_look_at_who_has_taken_the_address_of_an_update_it_is_lost() {
    breaks(Story::handed_on_address(), &[Rule::TakenByUpdate], NoLostUpdate);
}

#[test]
fn without_waiting_for_an_account_that_may_not_be_adopted_a_registration_is_lost() {
    breaks(Story::moved_address(), &[Rule::WaitsThoughUnproven], NoLostUpdate);
}

#[test]
fn without_another_try_when_nobody_has_taken_it_any_more_a_registration_is_lost() {
    breaks(Story::moved_address(), &[Rule::TakenByNobody], NoLostUpdate);
}

#[test]
fn without_forgetting_an_account_that_was_gone_when_it_was_noted_a_registration_is_lost() {
    breaks(Story::moved_address().that_adopts(), &[Rule::FoundThenGone], NoLostUpdate);
}

#[test]
fn without_forgetting_an_account_before_it_is_made_anew_its_password_is_lost() {
    breaks(Story::made_anew(), &[Rule::ForgetThenMake], NoLostUpdate);
}

#[test]
fn with_a_removal_mark_that_is_taken_back_after_another_removal_a_removed_user_comes_back() {
    breaks(Story::removed_twice(), &[Rule::UnmarkAsRead], NoResurrectedDelete);
}

#[test]
fn with_a_removal_mark_that_others_settle_a_removed_user_comes_back() {
    breaks(Story::removed_while_changed(), &[Rule::UnmarkByOwn], NoResurrectedDelete);
    breaks(Story::removed_while_changed(), &[Rule::SettleAfterRemoval], NoResurrectedDelete);
}

#[test]
fn with_a_removal_mark_that_is_taken_back_too_soon_a_removed_user_comes_back() {
    breaks(Story::removed_twice(), &[Rule::UnmarkLate], NoResurrectedDelete);
    breaks(Story::registered_anew(), &[Rule::UnmarkLate], ComesToRest);
}

#[test]
fn a_password_that_goes_with_another_mark_is_the_wrong_one() {
    breaks(Story::two_passwords(), &[Rule::SecretBound], NoLostUpdate);
    breaks(Story::two_passwords(), &[Rule::SealChecked], NoLostUpdate);
}

#[test]
fn a_password_that_is_erased_or_overwritten_unread_is_lost() {
    breaks(Story::two_passwords(), &[Rule::SecretAsRead], NoLostUpdate);
    breaks(Story::two_passwords(), &[Rule::SecretWithMark], NoLostUpdate);
}

#[test]
fn a_password_that_is_called_unannounced_too_soon_is_lost() {
    breaks(Story::two_passwords(), &[Rule::UnannouncedAsRead], NoLostUpdate);
    breaks(Story::two_passwords(), &[Rule::SealAnyway], NoLostUpdate);
}

#[test]
fn each_rule_has_a_test() {
    let tests = [include_str!("needed.rs"), include_str!("holds.rs")].concat();
    for line in include_str!("rules.rs").lines() {
        if let Some(rule) = line.strip_prefix("    ").and_then(|line| line.strip_suffix(','))
            && rule.chars().all(char::is_alphanumeric)
        {
            assert!(tests.contains(&format!("Rule::{rule}]")) || tests.contains(&format!("Rule::{rule},")), "no test of {rule}");
        }
    }
}
