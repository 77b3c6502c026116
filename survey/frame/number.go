package frame

// ValidPNumber reports whether s has the form of a production-unit number: ten
// digits, the first not zero. The number has no check digit.
func ValidPNumber(s string) bool { return digits(s, 10) && s[0] != '0' }

// cvrWeights are the weights of the modulus-11 check of the Central Business
// Register, in force for every CVR number.
var cvrWeights = [8]int{2, 7, 6, 5, 4, 3, 2, 1}

// ValidCVR reports whether s is eight digits, the first not zero, whose
// weighted sum is divisible by 11.
func ValidCVR(s string) bool {
	if !digits(s, 8) || s[0] == '0' {
		return false
	}
	sum := 0
	for i, w := range cvrWeights {
		sum += w * int(s[i]-'0')
	}
	return sum%11 == 0
}

// CVRCheckDigit returns the digit that makes seven digits a valid CVR number,
// and false where no digit does.
func CVRCheckDigit(first7 string) (byte, bool) {
	for d := byte('0'); d <= '9'; d++ {
		if ValidCVR(first7 + string(d)) {
			return d, true
		}
	}
	return 0, false
}

func digits(s string, n int) bool {
	if len(s) != n {
		return false
	}
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return true
}
