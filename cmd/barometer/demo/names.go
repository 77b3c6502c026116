package demo

// nameStep walks all pairs of a form and a root: it is a prime above every
// number of pairs.
const nameStep = 1009

// nameForms are the ways a workplace of a subsector is called; {} stands for
// one of nameRoots.
var nameForms = map[string][]string{
	"K-DAG": {"Børnehuset {}", "Børnehaven {}", "Vuggestuen {}", "Fritidsklubben {}", "Dagtilbuddet {}", "Den integrerede institution {}", "Naturbørnehaven {}", "Ungdomsklubben {}"},
	"K-SKO": {"Skolen {}", "Skolen ved {}", "{} Skole", "Specialskolen {}"},
	"K-AEL": {"Plejecenter {}", "Ældrecentret {}", "Hjemmeplejen {}", "Plejehjemmet {}", "Aktivitetscentret {}"},
	"K-SOC": {"Bostedet {}", "Værestedet {}", "Dagtilbuddet for voksne {}", "Botilbuddet {}", "Krisecentret {}", "Støttecentret {}"},
	"K-SUN": {"Tandplejen {}", "Sundhedscentret {}", "Genoptræningen {}", "Sundhedsplejen {}"},
	"K-KUL": {"Biblioteket {}", "Kulturhuset {}", "Idrætscentret {}", "Musikskolen {}", "Svømmehallen {}"},
	"K-TEK": {"Materielgården {}", "Vej og park {}", "Brandstationen {}", "Genbrugspladsen {}"},
	"K-ADM": {"Jobcentret {}", "Borgerservice {}", "Ydelseskontoret {}", "Forvaltningen {}"},
	"R-SUN": {"Hospitalet {}, medicinsk afdeling", "Hospitalet {}, kirurgisk afdeling", "Psykiatrien {}", "Akutklinikken {}"},
	"R-SOC": {"Specialtilbuddet {}", "Det regionale bosted {}", "Den sikrede institution {}"},
	"R-ADM": {"Regionskontoret {}", "Regional udvikling {}", "Indkøb og logistik {}"},
	"S-ADM": {"Statskontoret {}", "Tilsynet {}", "Museet {}", "Naturkontoret {}", "Landskontoret {}"},
	"S-RET": {"Politistationen {}", "Retten ved {}", "Arresthuset {}", "Fængslet {}"},
	"S-VID": {"Professionsskolen {}", "Institut {}", "Akademiet {}", "Forskningscentret {}"},
	"S-UNG": {"{} Gymnasium", "Erhvervsskolen {}", "Voksenuddannelsen {}", "Produktionsskolen {}"},
}

// nameRoots are invented places and things.
var nameRoots = []string{
	"Solstrålen", "Måneskinnet", "Mælkebøtten", "Kastanjebakken", "Regnbueengen", "Ørnehøj", "Elmelund", "Birkemark",
	"Granlund", "Egeholm", "Lindevang", "Fjordlund", "Kildevang", "Nordmark", "Søbakke", "Hasselhuset",
	"Bøgely", "Pilehaven", "Rønnebærhegnet", "Tjørnevænget", "Lærkesangen", "Svalereden", "Viben", "Stærekassen",
	"Humlebien", "Sommerfugleengen", "Pindsvinet", "Egernet", "Hulehøj", "Åhuset", "Strandlyst", "Klitrosen",
	"Havblik", "Fyrtårnet", "Kompasset", "Stjernen", "Nordlyset", "Morgenrøden", "Vestervang", "Østerhegn",
	"Sønderlund", "Nørrekær", "Midtermarken", "Møllehøj", "Smedegyden", "Væveriet", "Teglgården", "Kridthuset",
	"Ravhaven", "Flintegården", "Kløverbakken", "Valmuemarken", "Timianhaven", "Mosevang", "Lyngbakken", "Skovbrynet",
	"Damhaven", "Engdraget", "Troldehøj", "Fløjtespilleren",
}
