package expr

// Eval implements [Expr].
func (n literal) Eval(Env) Value { return n.value }

// Eval implements [Expr].
func (n reference) Eval(env Env) Value { return env.Value(n.name) }

// Eval implements [Expr].
func (n not) Eval(env Env) Value {
	v := n.x.Eval(env)
	if v.IsUnknown() {
		return Value{}
	}
	return BoolValue(!v.truth)
}

// Eval implements [Expr].
func (n negate) Eval(env Env) Value {
	v := n.x.Eval(env)
	if v.IsUnknown() {
		return Value{}
	}
	return NumberValue(-v.number)
}

// Eval implements [Expr].
func (n selected) Eval(env Env) Value {
	v := env.Value(n.from.name)
	if v.IsUnknown() {
		return Value{}
	}
	return BoolValue(v.has(n.code))
}

// Eval implements [Expr].
func (n countSelected) Eval(env Env) Value {
	v := env.Value(n.from.name)
	if v.IsUnknown() {
		return Value{}
	}
	return NumberValue(float64(len(v.set)))
}

// Eval implements [Expr].
func (n binary) Eval(env Env) Value {
	switch n.op.symbol {
	case "and":
		return junction(n.x, n.y, env, false)
	case "or":
		return junction(n.x, n.y, env, true)
	}
	x, y := n.x.Eval(env), n.y.Eval(env)
	if x.IsUnknown() || y.IsUnknown() {
		return Value{}
	}
	if n.op.binds == bindCompare {
		return BoolValue(compare(n.op.symbol, x, y))
	}
	return calculate(n.op.symbol, x.number, y.number)
}

// junction evaluates "or" (settling = true) and "and" (settling = false): one
// operand with the settling value decides, whatever the other is; otherwise an
// unknown operand leaves the whole unknown.
func junction(a, b Expr, env Env, settling bool) Value {
	x := a.Eval(env)
	if !x.IsUnknown() && x.truth == settling {
		return x
	}
	y := b.Eval(env)
	if !y.IsUnknown() && y.truth == settling {
		return y
	}
	if x.IsUnknown() || y.IsUnknown() {
		return Value{}
	}
	return BoolValue(!settling)
}

func compare(op string, x, y Value) bool {
	switch op {
	case "=":
		return x.equal(y)
	case "!=":
		return !x.equal(y)
	case "<":
		return x.number < y.number
	case "<=":
		return x.number <= y.number
	case ">":
		return x.number > y.number
	}
	return x.number >= y.number
}

func (v Value) equal(w Value) bool {
	return v.truth == w.truth && v.number == w.number && v.text == w.text
}

// calculate rounds each product before it is used further, so that no platform
// fuses it with a following sum.
func calculate(op string, x, y float64) Value {
	switch op {
	case "+":
		return NumberValue(x + y)
	case "-":
		return NumberValue(x - y)
	case "*":
		return NumberValue(float64(x * y))
	}
	if y == 0 {
		return Value{}
	}
	return NumberValue(x / y)
}
