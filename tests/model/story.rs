//! Stories: where the world begins, what requests do, and how much may go wrong. Each is as small as shows what it is for.

use crate::begin::Begin;
use crate::row::Mark;
use crate::rules::{Rule, Rules};
use crate::world::{BAD, Luck, Person, Request, User, Worker, World};
use std::fmt;

/// A step of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// `wp_insert_user()`: no hook comes before it that knows the id.
    Insert(User, Person),
    /// First mark.
    Mark(User),
    Name(User, u8),
    Email(User, u8),
    Password(User, u8),
    /// First mark of a removal.
    MarkRemoved(User),
    Remove(User),
    /// The mark of a new password is stored.
    Seal(User),
    /// The password is, sealed.
    Keep(User),
    /// Second mark.
    Settle(User),
}

impl Step {
    pub fn writes(self, user: User) -> bool {
        let (Self::Name(whose, _) | Self::Email(whose, _) | Self::Password(whose, _) | Self::Remove(whose)) = self else {
            return false;
        };
        whose == user
    }
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        match self {
            Self::Insert(user, _) => write!(f, "user {user} registers"),
            Self::Mark(user) => write!(f, "first mark of user {user}"),
            Self::Name(user, name) => write!(f, "user {user} has name {name}"),
            Self::Email(user, email) => write!(f, "user {user} has address {email}"),
            Self::Password(user, password) => write!(f, "user {user} has password {password}"),
            Self::MarkRemoved(user) => write!(f, "user {user} is marked as removed"),
            Self::Remove(user) => write!(f, "user {user} is gone"),
            Self::Seal(user) => write!(f, "user {user} has a mark for the password"),
            Self::Keep(user) => write!(f, "user {user}'s password is sealed"),
            Self::Settle(user) => write!(f, "second mark of user {user}"),
        }
    }
}

/// A world's beginning, and what is to happen in it.
pub struct Story {
    pub scripts: Vec<Vec<Step>>,
    people: [Option<Person>; 2],
    begin: Begin,
    pub logins: [u8; 2],
    /// Whether an account with the user's address is taken over.
    pub adopts: bool,
    /// Whether an account that was removed there is made anew.
    pub recreates: bool,
    luck: Luck,
}

const ALL: Luck = Luck { requests: 1, workers: 1, answers: 1, leases: 1, ..Luck::GOOD };
/// Who is followed; a stranger may register on the site with the same login and address.
pub const ANN: Person = Person { login: 1, email: 1, name: 1, password: 1, mark: Some(Mark { password: 1, number: 0 }) };
const BOB: Person = Person { login: 2, ..NEW };
const NEW: Person = Person { name: 2, password: 2, mark: None, ..ANN };

impl Story {
    fn of_ann(begin: Begin, luck: Luck, scripts: &[&[Step]]) -> Self {
        let scripts = scripts.iter().map(|script| script.to_vec()).collect();
        Self { scripts, people: [Some(ANN), None], begin, logins: [1, 1], adopts: false, recreates: false, luck }
    }

    /// Ann is in step; one request changes her name, another changes it back or did so before.
    pub fn two_edits() -> Self {
        Self::of_ann(Begin::InStep, ALL, &[&name(2), &name(1)])
    }

    /// Ann is in step; one request gives her a name that the site refuses, another one that it takes.
    pub fn refused() -> Self {
        Self::of_ann(Begin::InStep, Luck { requests: 1, ..Luck::GOOD }, &[&name(BAD), &name(2)])
    }

    /// Ann is in step; two requests change her password.
    pub fn two_passwords() -> Self {
        let password = |password| [Step::Mark(0), Step::Password(0, password), Step::Seal(0), Step::Keep(0), Step::Settle(0)];
        Self::of_ann(Begin::InStep, Luck { answers: 0, workers: 0, ..ALL }, &[&password(2), &password(3)])
    }

    /// Ann is in step; one request changes her password, another one her name.
    pub fn password_and_name() -> Self {
        let password = [Step::Mark(0), Step::Password(0, 2), Step::Seal(0), Step::Keep(0), Step::Settle(0)];
        Self::of_ann(Begin::InStep, Luck { requests: 0, leases: 0, ..ALL }, &[&password, &name(2)])
    }

    /// Somebody registers, and is changed soon after.
    pub fn registration() -> Self {
        let register = [Step::Insert(0, NEW), Step::Mark(0), Step::Name(0, 2), Step::Seal(0), Step::Keep(0), Step::Settle(0)];
        Self { people: [None, None], ..Self::of_ann(Begin::New, Luck { answers: 0, leases: 0, ..ALL }, &[&register, &name(3)]) }
    }

    /// Ann is not on the site yet, and is changed.
    pub fn edit_of_a_new_user() -> Self {
        Self::of_ann(Begin::New, ALL, &[&name(2)])
    }

    /// Ann is not on the site yet, and is removed.
    pub fn removal_of_a_new_user() -> Self {
        Self::of_ann(Begin::New, ALL, &[&REMOVAL])
    }

    /// Ann is not on the site yet, gets another address, and is removed.
    pub fn new_address_of_a_new_user() -> Self {
        Self::of_ann(Begin::New, Luck { leases: 0, requests: 0, ..ALL }, &[&NEW_ADDRESS, &REMOVAL])
    }

    /// Ann is in step and is removed, by two requests of which one may die.
    pub fn removed_twice() -> Self {
        Self::of_ann(Begin::InStep, Luck { answers: 0, ..ALL }, &[&REMOVAL, &REMOVAL])
    }

    /// Ann is in step, is removed, and registers anew.
    pub fn registered_anew() -> Self {
        Self::of_ann(Begin::InStep, Luck { leases: 0, ..ALL }, &[&REMOVAL, &registration(NEW)])
    }

    /// A create of Ann was given up, and the site may be at work on it still; Ann is removed, and registers anew.
    pub fn registered_anew_in_doubt() -> Self {
        Self::of_ann(Begin::InDoubt, Luck { workers: 1, ..Luck::GOOD }, &[&REMOVAL, &registration(NEW)])
    }

    /// Ann has got another address, of which the site does not know yet; Bob registers with the one that she had, and Ann is
    /// removed.
    pub fn moved_address() -> Self {
        let people = [Some(Person { email: 2, ..ANN }), None];
        let scripts: [&[Step]; 2] = [&registration(BOB), &REMOVAL];
        Self { people, logins: [1, 2], ..Self::of_ann(Begin::OldAddress, Luck::GOOD, &scripts) }
    }

    /// A create of Ann was given up, and the site may be at work on it still; she gets another address, and Bob registers with the
    /// one that she had.
    pub fn moved_address_in_doubt() -> Self {
        Self { logins: [1, 2], ..Self::of_ann(Begin::InDoubt, Luck::GOOD, &[&NEW_ADDRESS, &registration(BOB)]) }
    }

    /// Ann was to be removed, and that was cut off; she gets another address, and Bob registers with the one that she had.
    pub fn moved_address_after_a_removal_was_cut_off() -> Self {
        Self { logins: [1, 2], ..Self::of_ann(Begin::CutOff, Luck::GOOD, &[&NEW_ADDRESS, &registration(BOB)]) }
    }

    /// Ann has got the address that Bob had, and he another one; the site does not know yet.
    pub fn handed_on_address() -> Self {
        let people = [Some(Person { email: 2, ..ANN }), Some(Person { email: 3, ..BOB })];
        Self { people, logins: [1, 2], ..Self::of_ann(Begin::OldAddress, Luck { workers: 1, answers: 1, ..Luck::GOOD }, &[]) }
    }

    /// Ann is in step; a request that takes long removes her, and another one changes her meanwhile.
    pub fn removed_while_changed() -> Self {
        Self::of_ann(Begin::InStep, Luck { requests: 1, ..Luck::GOOD }, &[&REMOVAL, &name(2)])
    }

    /// Ann is in step; her account is removed there, where it is made anew, and she is changed.
    pub fn made_anew() -> Self {
        let luck = Luck { removals: 1, requests: 0, ..ALL };
        Self { recreates: true, ..Self::of_ann(Begin::InStep, luck, &[&name(2)]) }
    }

    /// Ann is not on the site yet, and what is made there is removed there.
    pub fn removed_there_when_made() -> Self {
        Self { recreates: true, ..Self::of_ann(Begin::New, Luck { removals: 1, answers: 0, requests: 0, ..ALL }, &[]) }
    }

    /// Ann is not on the site yet, a stranger registers there as her, and she is removed; twice no answer comes.
    pub fn stranger_in_doubt() -> Self {
        Self::of_ann(Begin::New, Luck { strangers: 1, answers: 2, ..Luck::GOOD }, &[&REMOVAL])
    }

    /// The site takes over accounts by their address.
    pub fn that_adopts(self) -> Self {
        Self { adopts: true, ..self }
    }

    /// The site refuses Ann, a stranger registers there as her, she is changed and then removed.
    pub fn stranger_on_the_site() -> Self {
        let people = [Some(Person { name: BAD, ..ANN }), None];
        Self { people, ..Self::of_ann(Begin::New, Luck { strangers: 1, ..Luck::GOOD }, &[&name(2), &REMOVAL]) }
    }

    /// The requests as these rules have them.
    pub fn under(mut self, rules: Rules) -> Self {
        for script in &mut self.scripts {
            if !rules.has(Rule::FirstMark)
                && let Some(at) = script.iter().position(|step| matches!(step, Step::Mark(_) | Step::MarkRemoved(_)))
                && !matches!(script[0], Step::Insert(..))
            {
                script.swap(at, at + 1);
            }
            if !rules.has(Rule::SettleAfterRemoval)
                && let Some(at) = script.iter().position(|step| matches!(step, Step::Remove(_)))
                && let Step::Remove(user) = script[at]
            {
                script.insert(at, Step::Settle(user));
            }
            if !rules.has(Rule::SecondMark) {
                script.retain(|step| !matches!(step, Step::Settle(_)));
            }
        }
        self
    }

    /// Whether its requests seal what passwords they set; else nobody asks about passwords.
    fn seals(&self) -> bool {
        self.scripts.iter().flatten().any(|step| matches!(step, Step::Seal(_)))
    }

    pub fn begin(&self) -> World {
        let mut world = World {
            people: self.people,
            rows: [None, None],
            accounts: Vec::new(),
            next_id: 3,
            flights: Vec::new(),
            requests: [Request::default(); 3],
            marks: 0,
            workers: [Worker::IDLE; 2],
            luck: self.luck,
            unsealed: !self.seals(),
            wrong_delete: false,
            removed_there: None,
        };
        for (user, person) in self.people.iter().enumerate() {
            let Some(person) = person else { continue };
            let (row, account, flight) = self.begin.of(user, *person);
            world.rows[user] = Some(row);
            world.accounts.extend(account);
            world.flights.extend(flight);
        }
        world
    }
}

const REMOVAL: [Step; 3] = [Step::MarkRemoved(0), Step::Remove(0), Step::Settle(0)];

const NEW_ADDRESS: [Step; 3] = [Step::Mark(0), Step::Email(0, 2), Step::Settle(0)];

fn registration(person: Person) -> [Step; 3] {
    [Step::Insert(1, person), Step::Mark(1), Step::Settle(1)]
}

fn name(name: u8) -> [Step; 3] {
    [Step::Mark(0), Step::Name(0, name), Step::Settle(0)]
}
