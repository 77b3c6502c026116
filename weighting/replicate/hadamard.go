package replicate

// hadamard returns a Hadamard matrix of at least n rows and columns, as a
// function that tells its +1 from its −1, and its order. Row and column 0 are
// +1 throughout. Orders are 1 and p+1 for primes p ≡ 3 mod 4 (Paley 1933),
// doubled any number of times (Sylvester 1867); the smallest is taken, at most
// twelve above n for any number of strata a survey has.
func hadamard(n int) (plus func(row, column int) bool, order int) {
	for order = max(4, (n+3)/4*4); ; order += 4 {
		if plus := construct(order); plus != nil {
			return plus, order
		}
	}
}

// construct returns the matrix of the given order, nil when none of the
// constructions gives it. Doubling goes before Paley's construction, as in R's
// survey package, so that both programs take the same half-samples.
func construct(order int) func(row, column int) bool {
	if order == 1 {
		return func(int, int) bool { return true }
	}
	if order%2 != 0 {
		return nil
	}
	if half := construct(order / 2); half != nil {
		m := order / 2
		return func(row, column int) bool { return half(row%m, column%m) != (row >= m && column >= m) }
	}
	if order%4 == 0 && isPrime(order-1) {
		return paley(order - 1)
	}
	return nil
}

// paley gives +1 where the sum of row and column is no square modulo p.
func paley(p int) func(row, column int) bool {
	square := make([]bool, p)
	for x := range p {
		square[x*x%p] = true
	}
	return func(row, column int) bool {
		return row == 0 || column == 0 || !square[(row+column-2)%p]
	}
}

func isPrime(p int) bool {
	for d := 2; d*d <= p; d++ {
		if p%d == 0 {
			return false
		}
	}
	return p > 1
}
