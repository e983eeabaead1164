//! With all rules no promise is broken, in any order of events; and there are orders in which all goes well.

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
fn a_stranger_keeps_their_account() {
    holds(Story::stranger_on_the_site(), &[]);
}

/// A holder who is late and says nothing is as one who died: the next one looks. It saves a look and a minute.
#[test]
fn that_a_late_holder_says_where_the_account_is_only_saves_time() {
    holds(Story::edit_of_a_new_user(), &[Rule::LateAccount]);
    holds(Story::removal_of_a_new_user(), &[Rule::LateAccount]);
}

/// With the unique key no present link can hold what a removed one holds.
#[test]
fn the_check_before_a_removal_is_a_second_line_behind_the_unique_key() {
    holds(Story::registered_anew().that_adopts(), &[Rule::DeleteCheck]);
    holds(Story::moved_address().that_adopts(), &[Rule::DeleteCheck]);
}
