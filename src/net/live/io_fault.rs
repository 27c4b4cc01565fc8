//! The operating system's errors, by kind and number, never by text.

use std::io;

use rustix::io::Errno;

use crate::observation::Fault;

/// What an I/O error says of the network, or of this process.
pub(super) fn fault(error: &io::Error) -> Fault {
    if let Some(errno) = Errno::from_io_error(error)
        && let Some(fault) = of_number(errno)
    {
        return fault;
    }
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Fault::Refused,
        io::ErrorKind::ConnectionReset | io::ErrorKind::ConnectionAborted => Fault::Reset,
        io::ErrorKind::BrokenPipe | io::ErrorKind::UnexpectedEof | io::ErrorKind::WriteZero => Fault::Closed,
        io::ErrorKind::NetworkUnreachable => Fault::NetworkUnreachable,
        io::ErrorKind::HostUnreachable => Fault::HostUnreachable,
        io::ErrorKind::TimedOut => Fault::TimedOut { after_ms: 0 },
        io::ErrorKind::PermissionDenied => Fault::NotPermitted,
        _ => Fault::Local { detail: error.to_string() },
    }
}

/// The numbers that have no kind of their own, or a misleading one.
fn of_number(errno: Errno) -> Option<Fault> {
    match errno {
        Errno::MFILE | Errno::NFILE => Some(Fault::NoFileDescriptors),
        Errno::ACCESS | Errno::PERM => Some(Fault::NotPermitted),
        Errno::NETUNREACH | Errno::AFNOSUPPORT | Errno::NETDOWN => Some(Fault::NetworkUnreachable),
        // An address of a family that is switched off has no local address to start from.
        Errno::ADDRNOTAVAIL => Some(Fault::NetworkUnreachable),
        // A resolver may answer with an address that no socket accepts, such as a link-local one without its link.
        Errno::HOSTUNREACH | Errno::HOSTDOWN | Errno::INVAL => Some(Fault::HostUnreachable),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_number_says_whose_fault_it_is() {
        let table = [
            (Errno::CONNREFUSED, Fault::Refused),
            (Errno::CONNRESET, Fault::Reset),
            (Errno::PIPE, Fault::Closed),
            (Errno::NETUNREACH, Fault::NetworkUnreachable),
            (Errno::HOSTUNREACH, Fault::HostUnreachable),
            (Errno::MFILE, Fault::NoFileDescriptors),
            (Errno::NFILE, Fault::NoFileDescriptors),
            (Errno::PERM, Fault::NotPermitted),
            (Errno::ACCESS, Fault::NotPermitted),
        ];
        for (errno, expected) in table {
            assert_eq!(fault(&io::Error::from(errno)), expected, "{errno:?}");
        }
    }

    #[test]
    fn a_shortage_of_memory_is_ours() {
        assert!(fault(&io::Error::from(Errno::NOMEM)).could_not_look());
        assert!(fault(&io::Error::from(Errno::NOBUFS)).could_not_look());
    }
}
