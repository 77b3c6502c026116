package invented

import (
	"strings"

	"barometer/analysis/table"
	"barometer/internal/i18n"
)

type member struct {
	code, da, en string
	percent      float64
}

type family struct {
	name, da, en string
	item         string
	question     i18n.Text
	multiple     bool
	members      []member
}

var innovators = i18n.Text{DA: "Innovative offentlige arbejdspladser", EN: "Innovative public workplaces"}
var everyone = i18n.Text{DA: "Alle offentlige arbejdspladser", EN: "All public workplaces"}

var factors = []member{
	{"ledelse", "Ledelsen", "Management", 0}, {"medarbejdere", "Medarbejderne", "Employees", 0},
	{"samarbejde", "Samarbejde på tværs", "Collaboration across workplaces", 0}, {"politikere", "Politikerne", "Politicians", 0},
	{"oekonomi", "Økonomien", "The budget", 0}, {"tid", "Tiden", "Time", 0}, {"lov", "Lovgivningen", "Legislation", 0},
	{"teknologi", "Teknologien", "Technology", 0}, {"fejlkultur", "Måden fejl håndteres på", "The way errors are handled", 0},
	{"borgere", "Borgerne", "Citizens", 0}, {"frivillige", "Frivillige", "Volunteers", 0},
	{"virksomheder", "Private virksomheder", "Private firms", 0}, {"forskere", "Forskere", "Researchers", 0}, {"pressen", "Pressen", "The media", 0},
}

func with(percents ...float64) []member {
	list := append([]member(nil), factors...)
	for i := range list {
		list[i].percent = percents[i]
	}
	return list
}

var families = []family{
	{"innov_rate", "Innovative arbejdspladser", "Innovative workplaces", "B1", i18n.Text{DA: "Tog I i perioden noget nyt eller mærkbart ændret i brug?", EN: "Did you in the period take something new or clearly changed into use?"}, false,
		[]member{{"", "Innovative arbejdspladser", "Innovative workplaces", 83}}},
	{"type_rate", "Innovationstyper i perioden", "Types of innovation in the period", "B1", i18n.Text{DA: "Tog I i perioden et nyt eller mærkbart ændret … i brug?", EN: "Did you in the period take a new or clearly changed … into use?"}, true,
		[]member{{"produkt", "Produkt", "Product", 36}, {"ydelse", "Ydelse", "Service", 47}, {"proces", "Arbejdsgang eller organisering", "Process or organisation", 71}, {"kommunikation", "Ekstern kommunikation", "External communication", 44}}},
	{"active_non", "Arbejder med innovation", "Working on innovation", "B5", i18n.Text{DA: "Er noget nyt undervejs, men endnu ikke i brug?", EN: "Is something new on its way, but not yet in use?"}, false,
		[]member{{"", "Ikke innovativ, men har noget nyt undervejs", "Not innovative, but with something new on its way", 27}}},
	{"latest_type", "Den seneste innovations typer", "Types of the latest innovation", "C2", i18n.Text{DA: "Hvad rummer den seneste innovation?", EN: "What does the latest innovation contain?"}, true,
		[]member{{"produkt", "Produkt", "Product", 22}, {"ydelse", "Ydelse", "Service", 29}, {"proces", "Arbejdsgang eller organisering", "Process or organisation", 79}, {"kommunikation", "Ekstern kommunikation", "External communication", 37}}},
	{"multi_type", "Flere typer", "Several types", "C2", i18n.Text{DA: "Hvad rummer den seneste innovation?", EN: "What does the latest innovation contain?"}, false,
		[]member{{"", "Den seneste innovation rummer flere typer", "The latest innovation is of several types", 47}}},
	{"core_task", "Kerneopgaven", "The core task", "C3", i18n.Text{DA: "Rører innovationen ved kerneopgaven?", EN: "Does the innovation concern the core task?"}, false,
		[]member{{"", "Innovationen rører ved kerneopgaven", "The innovation concerns the core task", 81}}},
	{"novelty", "Nyhedsgrad", "Novelty", "C4", i18n.Text{DA: "Hvor ny er den seneste innovation?", EN: "How new is the latest innovation?"}, false,
		[]member{{"foerst", "Vi var de første", "We were the first", 16}, {"tilpasset", "Tilpasset efter andre", "Adapted from others", 55.6}, {"kopi", "Kopi af andres", "Copied from others", 18.7}, {"ved_ikke", "Ved ikke", "Don't know", 9.7}}},
	{"reuse", "Genbrug", "Reuse", "C4", i18n.Text{DA: "Hvor ny er den seneste innovation?", EN: "How new is the latest innovation?"}, false,
		[]member{{"", "Genbrug af andres innovation", "Reuse of others' innovation", 74.3}}},
	{"tech_core", "Teknologi", "Technology", "C6", i18n.Text{DA: "Hvilken rolle spiller teknologi i innovationen?", EN: "What is the role of technology in the innovation?"}, false,
		[]member{{"", "Teknologi er løsningen", "Technology is the solution", 11}}},
	{"tech_imp", "Teknologi", "Technology", "C6", i18n.Text{DA: "Hvilken rolle spiller teknologi i innovationen?", EN: "What is the role of technology in the innovation?"}, false,
		[]member{{"", "Teknologi er en vigtig del", "Technology is an important part", 26}}},
	{"trigger", "Hvad satte innovationen i gang", "What started the innovation", "D1", i18n.Text{DA: "Hvad satte den seneste innovation i gang?", EN: "What started the latest innovation?"}, true,
		[]member{{"ledere", "Ledere", "Managers", 58}, {"medarbejdere", "Medarbejdere", "Employees", 56}, {"politikere", "Politikere", "Politicians", 18}, {"lov", "Ny lovgivning", "New legislation", 15}, {"oekonomi", "Økonomien", "Finances", 19}, {"borgere", "Borgere eller brugere", "Citizens or users", 24}, {"teknologi", "Ny teknologi", "New technology", 21}, {"haendelse", "En hændelse", "An incident", 11}, {"partner", "En samarbejdspartner", "A partner", 12}, {"andet", "Andet", "Other", 6}, {"ved_ikke", "Ved ikke", "Don't know", 3}}},
	{"collab_any", "Samarbejde", "Collaboration", "D2", i18n.Text{DA: "Hvem var med til at skabe den seneste innovation?", EN: "Who took part in the latest innovation?"}, false,
		[]member{{"", "Samarbejde med nogen", "Collaboration with anyone", 69}}},
	{"collab_ext", "Samarbejde", "Collaboration", "D2", i18n.Text{DA: "Hvem var med til at skabe den seneste innovation?", EN: "Who took part in the latest innovation?"}, false,
		[]member{{"", "Samarbejde ud af egen organisation", "Collaboration outside the organisation", 48}}},
	{"partner", "Samarbejdspartnere", "Partners", "D2", i18n.Text{DA: "Hvem var med til at skabe den seneste innovation?", EN: "Who took part in the latest innovation?"}, true,
		[]member{{"egen_organisation", "Andre i egen organisation", "Others in own organisation", 45}, {"kommune", "Kommuner", "Municipalities", 19}, {"region", "Regioner", "Regions", 9}, {"stat", "Statslige arbejdspladser", "State workplaces", 11}, {"videninstitution", "Videninstitutioner", "Knowledge institutions", 14}, {"borgere", "Borgere", "Citizens", 17}, {"frivillige", "Frivillige", "Volunteers", 8}, {"virksomhed", "Private virksomheder", "Private firms", 19}, {"udland", "Udlandet", "Abroad", 4}}},
	{"value", "Værdi", "Value", "E1", i18n.Text{DA: "Hvilken værdi har den seneste innovation skabt?", EN: "What value has the latest innovation created?"}, true,
		[]member{{"kvalitet", "Kvalitet", "Quality", 70}, {"effektivitet", "Effektivitet", "Efficiency", 46}, {"medarbejdertilfredshed", "Medarbejdertilfredshed", "Employee satisfaction", 47}, {"borgerinddragelse", "Borgerinddragelse", "Citizen involvement", 24}, {"politiske_maal", "Politiske mål", "Political goals", 21}, {"anden", "Anden værdi", "Other value", 8}, {"ingen_endnu", "Ingen værdi endnu", "No value yet", 7}, {"ved_ikke", "Ved ikke", "Don't know", 4}}},
	{"evaluated", "Evaluering", "Evaluation", "F1", i18n.Text{DA: "Er den seneste innovation evalueret?", EN: "Has the latest innovation been evaluated?"}, false,
		[]member{{"", "Evalueret", "Evaluated", 41}}},
	{"goal_changed", "Mål", "Goals", "E3", i18n.Text{DA: "Var målet fastsat på forhånd?", EN: "Was the goal set beforehand?"}, false,
		[]member{{"", "Målet blev ændret undervejs", "The goal was changed on the way", 23}}},
	{"shared", "Spredning", "Spread", "G1", i18n.Text{DA: "Prøvede I at dele innovationen med andre?", EN: "Did you try to share the innovation?"}, false,
		[]member{{"", "Har prøvet at dele innovationen", "Tried to share the innovation", 54}}},
	{"reused_out", "Spredning", "Spread", "G3", i18n.Text{DA: "Bruger andre innovationen?", EN: "Do others use the innovation?"}, false,
		[]member{{"", "Innovationen bruges af andre", "The innovation is reused by others", 38}}},
	{"promote", "Fremmede", "Promoted", "H1", i18n.Text{DA: "Hvad fremmede, og hvad hæmmede innovationen?", EN: "What promoted and what hindered the innovation?"}, true,
		with(84, 90, 82, 31, 34, 29, 27, 51, 58, 47, 19, 24, 22, 12)},
	{"hinder", "Hæmmede", "Hindered", "H1", i18n.Text{DA: "Hvad fremmede, og hvad hæmmede innovationen?", EN: "What promoted and what hindered the innovation?"}, true,
		with(6, 7, 8, 14, 39, 52, 27, 17, 6, 7, 3, 4, 2, 6)},
	{"culture", "Innovationskultur", "Innovation culture", "K1", i18n.Text{DA: "Hvor enige er I i udsagnene om jeres arbejdsplads?", EN: "How much do you agree with the statements about your workplace?"}, false,
		[]member{{"", "Innovationskultur, indeks", "Innovation culture, index", 63}}},
	{"held_back", "Hvad holdt tilbage", "What held back", "K2", i18n.Text{DA: "Hvad holdt jer tilbage?", EN: "What held you back?"}, true,
		[]member{{"tid", "Manglende tid", "Lack of time", 61}, {"penge", "Manglende penge", "Lack of money", 38}, {"behov", "Intet behov", "No need", 22}, {"viden", "Manglende viden eller kompetencer", "Lack of knowledge or skills", 17}, {"regler", "Regler", "Rules", 14}, {"opbakning", "Manglende opbakning", "Lack of backing", 9}, {"andet", "Andet", "Other", 11}, {"ved_ikke", "Ved ikke", "Don't know", 8}}},
}

// statements are the rows of the question on culture, with the shares of those
// who strongly disagree, disagree, neither, agree, strongly agree and don't know.
var statements = []struct {
	code, da, en string
	percents     [6]float64
}{
	{"proever_nyt", "Prøver nyt", "Tries new ways", [6]float64{2, 6, 17, 48, 25, 2}},
	{"taler_om_fejl", "Taler om fejl", "Talks about errors", [6]float64{3, 9, 21, 44, 20, 3}},
	{"saetter_tid_af", "Sætter tid af", "Sets time aside", [6]float64{11, 27, 28, 24, 7, 3}},
	{"lytter_til_borgere", "Lytter til borgere", "Listens to citizens", [6]float64{1, 5, 18, 47, 22, 7}},
	{"bruger_andres", "Bruger andres løsninger", "Uses solutions of others", [6]float64{2, 8, 26, 45, 15, 4}},
	{"maaler_effekt", "Måler effekt", "Measures effect", [6]float64{8, 21, 30, 27, 8, 6}},
}

// agreement lists the answers to each statement as a family, and the net
// agreement with all of them.
func agreement() []family {
	question := i18n.Text{DA: "Hvor enige er I i udsagnene om jeres arbejdsplads?", EN: "How much do you agree with the statements about your workplace?"}
	steps := []member{{"helt_uenig", "Helt uenig", "Strongly disagree", 0}, {"uenig", "Uenig", "Disagree", 0}, {"hverken", "Hverken-eller", "Neither", 0},
		{"enig", "Enig", "Agree", 0}, {"helt_enig", "Helt enig", "Strongly agree", 0}, {"ved_ikke", "Ved ikke", "Don't know", 0}}
	net := family{name: "net_agree", da: "Nettoenighed", en: "Net agreement", item: "K1", question: question}
	var list []family
	for _, s := range statements {
		f := family{name: "agree_" + s.code, da: s.da, en: s.en, item: "K1", question: question}
		for i, m := range steps {
			m.percent = s.percents[i]
			f.members = append(f.members, m)
		}
		list = append(list, f)
		p := s.percents
		net.members = append(net.members, member{s.code, s.da, s.en, 50 + (p[3]+p[4]-p[0]-p[1])/2})
	}
	return append(list, net)
}

func init() {
	families = append(families, agreement()...)
	families = append(families, family{"response_rate", "Svarprocent", "Response rate", "", i18n.Text{DA: "Andel af de udtrukne, der svarede", EN: "Share of those drawn that answered"}, false,
		[]member{{"", "Svarprocent", "Response rate", 36}}})
}

func indicators() []table.Indicator {
	var list []table.Indicator
	for _, f := range families {
		for _, m := range f.members {
			list = append(list, f.indicator(m))
		}
	}
	return list
}

func (f family) indicator(m member) table.Indicator {
	ind := table.Indicator{ID: f.id(m), Family: f.name, FamilyLabel: i18n.Text{DA: f.da, EN: f.en},
		Label: i18n.Text{DA: m.da, EN: m.en}, Kind: table.Share, Unit: i18n.Text{DA: "pct.", EN: "per cent"},
		Base: innovators, Question: f.question, Item: f.item, Multiple: f.multiple}
	switch f.name {
	case "innov_rate", "type_rate":
		ind.Base = everyone
	case "held_back", "active_non":
		ind.Base = i18n.Text{DA: "Offentlige arbejdspladser uden innovation i perioden", EN: "Public workplaces without innovation in the period"}
	case "response_rate":
		ind.Base, ind.Counted = i18n.Text{DA: "Udtrukne arbejdspladser i målgruppen", EN: "Drawn workplaces in scope"}, true
	case "culture", "net_agree":
		ind.Base, ind.Kind, ind.Unit = everyone, table.Score, i18n.Text{DA: "point (0–100)", EN: "points (0–100)"}
	}
	if strings.HasPrefix(f.name, "agree_") {
		ind.Base = everyone
	}
	return ind
}

func (f family) id(m member) string {
	if m.code == "" {
		return f.name
	}
	return f.name + "." + m.code
}

func centre(id string) float64 {
	for _, f := range families {
		for _, m := range f.members {
			if f.id(m) == id {
				return m.percent / 100
			}
		}
	}
	panic("invented: no value for " + id)
}
