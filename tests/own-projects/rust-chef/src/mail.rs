pub struct Mail;
