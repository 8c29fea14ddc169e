// SPDX-License-Identifier: MIT OR Apache-2.0
//! Numbers of the library's own that the program has closed behind its back, as close_range(3, ~0U, 0) does. It shows when
//! the kernel gives the same number out again: then the old holder does not have it any more, and may neither use nor close
//! it.

use crate::core::Core;
use crate::file::File;

impl Core {
    /// A number was given out anew: for a file, or for the queue of readiness.
    pub(crate) fn look_after_numbers(&mut self, file: Option<&'static File>) {
        if let Some(old) = self.files.former_holder.take() {
            self.drop_number(old);
        }
        let queue = self.poller.number();
        match file {
            Some(file) if file.pin.get() == queue && !file.borrowed.get() => {
                self.poller.closed_behind_our_back();
                self.try_waiting_again();
            }
            Some(_) => {}
            None => {
                if let Some(old) = self.files.holder(queue) {
                    self.drop_number(old);
                }
            }
        }
    }

    /// The queue of readiness is another one, or none: what waits is tried again, and then waits there.
    pub(crate) fn try_waiting_again(&mut self) {
        let Core { files, run, .. } = self;
        files.each(|file| {
            file.watched.set(false);
            if file.lanes.iter().fold(false, |armed, lane| armed | lane.armed.replace(false)) {
                run.push(file);
            }
        });
    }

    /// The file has no number any more. Its requests end with EBADF; those that wait are tried again, to find that out.
    fn drop_number(&mut self, file: &'static File) {
        file.pin.set(-1);
        file.borrowed.set(true);
        file.watched.set(false);
        self.files.pins.give();
        if file.lanes.iter().fold(false, |armed, lane| armed | lane.armed.replace(false)) {
            self.run.push(file);
        }
    }
}
