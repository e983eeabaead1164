//! With all rules no promise is broken, in any order of events; and there are orders in which all goes well. So it is without the
//! last few rules.

use crate::rules::Rule;
use crate::story::Story;
use crate::tell;

fn holds(story: Story, without: &'static [Rule]) {
    let seen = tell(story, without);
    assert!(seen.broken.is_none(), "broken: {:?}", seen.broken.map(|(promise, _)| promise));
    assert!(seen.well > 0, "nothing ever goes well: the model is vacuous");
}

#[test]
fn two_edits_arrive() {
    holds(Story::two_edits(), &[]);
}

#[test]
fn an_edit_of_a_user_who_is_just_being_made_there_arrives() {
    holds(Story::edit_of_a_new_user(), &[]);
}

#[test]
fn a_registration_that_is_cut_off_anywhere_arrives() {
    holds(Story::registration(), &[]);
}

#[test]
fn what_the_site_refuses_is_told_and_what_it_takes_arrives() {
    holds(Story::refused(), &[]);
}

#[test]
fn of_two_passwords_the_last_one_arrives() {
    holds(Story::two_passwords(), &[]);
}

#[test]
fn a_password_arrives_whatever_else_changes() {
    holds(Story::password_and_name(), &[]);
}

#[test]
fn who_is_removed_while_being_made_there_is_removed_there() {
    holds(Story::removal_of_a_new_user(), &[]);
}

#[test]
fn who_changes_address_while_being_made_there_is_found_again() {
    holds(Story::new_address_of_a_new_user(), &[]);
}

#[test]
fn a_removal_that_was_cut_off_and_is_repeated_arrives() {
    holds(Story::removed_twice(), &[]);
}

#[test]
fn who_is_removed_and_registers_anew_has_one_account() {
    holds(Story::registered_anew(), &[]);
}

#[test]
fn who_is_removed_while_being_made_there_and_registers_anew_has_one_account() {
    holds(Story::registered_anew_in_doubt(), &[]);
}

#[test]
fn an_address_that_moves_to_another_user_takes_no_account_along() {
    holds(Story::moved_address(), &[]);
    holds(Story::moved_address().that_adopts(), &[]);
}

#[test]
fn an_address_that_moves_while_its_account_may_be_in_the_making_takes_none_along() {
    holds(Story::moved_address_in_doubt(), &[]);
    holds(Story::moved_address_in_doubt().that_adopts(), &[]);
}

#[test]
fn an_address_that_moves_after_a_removal_was_cut_off_arrives() {
    holds(Story::moved_address_after_a_removal_was_cut_off(), &[]);
}

#[test]
fn an_address_that_moves_between_two_accounts_arrives() {
    holds(Story::handed_on_address(), &[]);
}

#[test]
fn who_is_changed_while_being_removed_is_removed() {
    holds(Story::removed_while_changed(), &[]);
}

#[test]
fn who_was_removed_there_is_made_anew_once() {
    holds(Story::made_anew(), &[]);
    holds(Story::removed_there_when_made(), &[]);
}

#[test]
fn a_stranger_keeps_their_account() {
    holds(Story::stranger_on_the_site(), &[]);
    holds(Story::stranger_in_doubt(), &[]);
}

// What follows can be left out.

/// An account's number is never used twice: to delete it twice, or before a late update, does no harm.
#[test]
fn a_removal_need_not_wait_for_what_was_sent_before() {
    for story in [Story::removed_twice(), Story::registered_anew()] {
        holds(story, &[Rule::NoteDelete]);
    }
}

/// With the unique key no present link can hold what a removed one holds, unless a person links it.
#[test]
fn the_checks_around_a_removal_are_a_second_line_behind_the_unique_key() {
    for story in [Story::registered_anew(), Story::moved_address()] {
        holds(story.that_adopts(), &[Rule::DeleteCheck, Rule::AbsentLetsBe]);
    }
}

/// A mark is never used twice, and the base has it only when nothing was at work any more.
#[test]
fn the_password_of_the_base_can_be_believed() {
    holds(Story::password_and_name(), &[Rule::DoubtfulPassword]);
}

/// Whoever is marked is told about anew.
#[test]
fn a_reason_that_is_late_is_soon_replaced() {
    holds(Story::refused(), &[Rule::CodeAsRead]);
}
