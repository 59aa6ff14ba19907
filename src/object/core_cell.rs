//! Where the core of an [`Ssl`](super::Ssl) is, and whether anybody has worked on it.

use core::cell::{Cell, Ref, RefCell, RefMut};

use crate::{connection::Connection, record::Side};

/// The core.
pub struct CoreCell {
    connection: RefCell<Connection>,
    /// Whether nobody has worked on it since `SSL_new` made it, which may have set its side.
    is_untouched: Cell<bool>,
}

impl CoreCell {
    /// Of a connection on which nothing has happened.
    pub fn new(connection: Connection) -> Self {
        Self { connection: RefCell::new(connection), is_untouched: Cell::new(true) }
    }

    /// To look at it.
    pub fn borrow(&self) -> Ref<'_, Connection> {
        self.connection.borrow()
    }

    /// To work on it.
    pub fn borrow_mut(&self) -> RefMut<'_, Connection> {
        self.is_untouched.set(false);
        self.connection.borrow_mut()
    }

    /// Puts another in its place.
    pub fn replace(&self, connection: Connection) -> Connection {
        self.is_untouched.set(false);
        self.connection.replace(connection)
    }

    /// Whether nobody has worked on it since `SSL_new` made it.
    pub fn is_untouched(&self) -> bool {
        self.is_untouched.get()
    }

    /// Gives it this side if nobody has worked on it and it is of this kind. `false`: another has to be made.
    pub fn use_as(&self, side: Side, is_datagram: bool) -> bool {
        let mut connection = self.connection.borrow_mut();
        let is_good = self.is_untouched() && connection.is_datagram() == is_datagram;
        if is_good {
            connection.set_side(side);
        }
        is_good
    }
}
