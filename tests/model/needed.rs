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
    breaks(Story::two_edits(), &[Rule::UnsettledAsRead], NoLostUpdate);
}

#[test]
fn without_another_look_at_what_was_refused_unsettled_a_change_is_lost() {
    breaks(Story::refused(), &[Rule::RefusedUnsettled], NoLostUpdate);
}

#[test]
fn without_the_revision_as_read_a_change_is_lost_and_a_removal_undone() {
    breaks(Story::two_edits(), &[Rule::RevisionAsRead], NoLostUpdate);
    breaks(Story::removal_of_a_new_user(), &[Rule::RevisionAsRead], NoResurrectedDelete);
}

#[test]
fn without_the_fence_of_the_lease_a_change_is_lost_and_a_removal_undone() {
    breaks(Story::two_edits(), &[Rule::LeaseFence], NoLostUpdate);
    breaks(Story::removal_of_a_new_user(), &[Rule::LeaseFence], NoResurrectedDelete);
}

#[test]
fn without_an_end_of_sending_within_the_lease_a_change_is_lost_and_an_account_doubled() {
    breaks(Story::two_edits(), &[Rule::SendWithinLease], NoLostUpdate);
    breaks(Story::edit_of_a_new_user(), &[Rule::SendWithinLease], NoDoubleCreate);
}

#[test]
fn without_a_note_before_sending_an_account_is_not_known_again() {
    breaks(Story::edit_of_a_new_user(), &[Rule::TriedBeforeSending], NoLostUpdate);
    breaks(Story::removal_of_a_new_user(), &[Rule::TriedBeforeSending], NoResurrectedDelete);
}

#[test]
fn without_a_wait_after_an_unanswered_create_an_account_is_doubled() {
    breaks(Story::edit_of_a_new_user(), &[Rule::WaitAfterCreate], NoDoubleCreate);
    breaks(Story::removal_of_a_new_user(), &[Rule::WaitAfterCreate], NoDoubleCreate);
}

#[test]
fn without_an_end_of_the_doubt_a_strangers_account_is_removed() {
    breaks(Story::stranger_on_the_site(), &[Rule::Doubt], NoDeleteOfTheWrongAccount);
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
fn without_doubt_in_the_base_a_change_back_is_lost() {
    breaks(Story::two_edits(), &[Rule::DoubtfulBase], NoLostUpdate);
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
