//! How stories begin.

use crate::row::{Base, By, Due, Row, Settling, Tried};
use crate::world::{Account, Ask, Flight, Person, User, Window};

/// How it stands with who is there at first.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Begin {
    /// In step.
    InStep,
    /// In step but for the address, which has changed.
    OldAddress,
    /// In step, after a removal that was cut off: its mark is there still.
    CutOff,
    /// Not there yet.
    New,
    /// Not there yet, but a create was sent, and nobody waits for the answer any more.
    InDoubt,
}

impl Begin {
    pub fn of(self, user: User, Person { login, email, name, password, mark }: Person) -> (Row, Option<Account>, Option<Flight>) {
        let due = Row { revision: 1, due: Due::Now, ..Row::NEW };
        let id = [1, 2][user];
        let account = |email: u8| Account { id, login, email, name, password, made_for: user, window: [Window::Outside; 2] };
        let base = |email: u8| Base { name: Some(name), email: Some(email), mark };
        let ask = Ask::Create { login, email, name, password, looked: false };
        match self {
            Self::InStep => (Row { account: Some(id), synced: 1, base: base(email), due: Due::Never, ..due }, Some(account(email)), None),
            Self::OldAddress => (Row { account: Some(id), base: base(email - 1), ..due }, Some(account(email - 1)), None),
            Self::CutOff => {
                let (row, account, _) = Self::InStep.of(user, Person { login, email, name, password, mark });
                (Row { absent: true, email, settling: Settling::RanOut(By::Several), ..row }, account, None)
            }
            Self::New => (due, None, None),
            Self::InDoubt => (Row { tried: Some(Tried { email, fresh: true }), ..due }, None, Some(Flight { by: None, user, ask })),
        }
    }
}
