package main

import (
	"strings"

	"barometer/survey/contact/wording"
)

// lettersUse is what the help of the sending commands tells beyond their flags.
const lettersUse = `Who is written to is decided by what is known of each workplace at that moment:
not those that have answered, declined, are not eligible or want no letters, and
nobody twice. By e-mail where there is an address that does not bounce, else by
Digital Post where barometer.yaml names the sender's cvr, else by letter.
--dry-run lists every workplace with the reason, and names no code.

Mails are sent by barometer serve. Letters and Digital Post become files in the
wave's folder outgoing, with a code in each: sealed with --age, readable with
--plain. Each letter brings a code of its own; earlier ones go on working.

wave.yaml can plan letters that go out by mail by themselves, on working days
between 8 and 16:

  reminders: [2026-02-16, 2026-03-02]
  last_call: 2026-03-12
  thanks: true    # to those who have answered
  paused: true    # nothing is sent

barometer.yaml can name phone, postal_address and cvr of the organisation.
`

// wordingUse is the form of the files of wordings.
var wordingUse = `A wording is a file KIND.LANG.txt in the wave's folder letters: invitation.da.txt,
reminder-1.en.txt, last-call.da.txt, thanks.en.txt. Without one, the built-in
wording is used; barometer letters copy W writes them out.

  Subject: {title}: svar senest den {deadline}

  Til lederen af {name}

  [letter digital_post]
  1. Åbn {link}
  2. Skriv koden {code}

A line is a line of the letter; "- " begins a point and "1. " a step. A line in
brackets says when its paragraph is in the letter: email, letter, digital_post;
earlier_valid or earlier_ended, for workplaces whose earlier codes still work and
for those whose do not. The fields are
{` + strings.Join(wording.Fields, "} {") + `}.
`
