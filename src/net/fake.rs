//! A network made of answers.
