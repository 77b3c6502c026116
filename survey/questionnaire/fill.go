package questionnaire

// Fill answers the whole questionnaire in one walk: answer is asked for every
// item on the route in order, with the options and rows that the answers so far
// leave it. What it returns is neither checked nor shortened beyond what is
// offered; [Questionnaire.Complete] checks the result.
func (q *Questionnaire) Fill(answer func(RoutedItem) Answer) Answers {
	w := q.blank()
	out := make(Answers, len(q.items))
	for _, item := range q.items {
		s := w.step(item)
		if !s.onRoute() {
			continue
		}
		s.answer = s.counted(item, answer(w.routed(item, s)))
		if !s.answer.IsZero() {
			out[item.ID] = s.answer
		}
	}
	return out
}
