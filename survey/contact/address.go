package contact

// IsAddress reports whether s is an e-mail address that a contact may have.
func IsAddress(s string) bool { return isAddress(s) }
