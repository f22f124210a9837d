"""Names of companies that might be, many of them nearly the same, and names as people mistype them."""

from __future__ import annotations

import string
from random import Random

_FAMILIES = (
    "Adler Albrecht Arnold Bauer Baumann Becker Berger Bergmann Böhm Brandt Braun Busch Dietrich Engel Ernst Fischer "
    "Franke Friedrich Fuchs Geiger Graf Groß Günther Haas Hahn Hansen Hartmann Heinrich Herrmann Hofmann Hoffmann Horn "
    "Huber Jansen Jung Kaiser Keller Klein Koch Köhler König Krämer Kraus Krüger Kuhn Lang Lange Lehmann Lorenz Ludwig "
    "Maier Martin Mayer Meier Meyer Möller Müller Nagel Neumann Otto Peters Pfeiffer Pohl Richter Roth Sauer Schäfer "
    "Schmid Schmidt Schmitt Schmitz Schneider Scholz Schröder Schubert Schulte Schulz Schulze Schumacher Schuster "
    "Schwarz Seidel Simon Sommer Stein Thomas Vogel Vogt Voigt Wagner Walter Weber Weiß Werner Winkler Winter Wolf "
    "Wolff Ziegler Zimmermann Andersen Baker Carter Clark Cooper Cox Davies Dawson Dubois Durand Edwards Evans Ferrari "
    "Fontaine Garcia Green Hall Harris Hughes Jackson Jensen Johnson Jones King Kowalski Larsen Leroy Lewis Lopez "
    "Marino Mitchell Moreau Morgan Nielsen Novak Nowak Olsen Parker Petit Phillips Roberts Robinson Rossi Russo "
    "Sanchez Scott Smith Taylor Thompson Turner Walker Ward Watson White Williams Wilson Wood Wright Young"
).split()
_TRADES = (
    "Anlagenbau Antriebstechnik Apparatebau Aufzüge Bau Baustoffe Bedachungen Beleuchtung Beratung Blechbearbeitung "
    "Brandschutz Bürotechnik Dämmtechnik Datentechnik Dichtungen Druckguss Druckluft Elektro Elektronik Energietechnik "
    "Fahrzeugbau Fassaden Fenster Fensterbau Fördertechnik Formenbau Fruchthandel Gartenbau Gebäudetechnik Gerüstbau "
    "Getränke Glasbau Handel Haustechnik Hebetechnik Heizung Heizungsbau Hochbau Holzbau Holzhandel Hydraulik "
    "Immobilien Industriebau Ingenieure Innenausbau Kältetechnik Kunststoffe Kunststofftechnik Küchen Labortechnik "
    "Lacke Lagertechnik Landtechnik Lebensmittel Leuchten Lichttechnik Logistik Lüftung Lüftungsbau Maschinen "
    "Maschinenbau Medizintechnik Messtechnik Metallbau Metalltechnik Möbel Montage Oberflächen Optik Präzisionstechnik "
    "Pumpen Reinigung Rohrbau Sanitär Schweißtechnik Sensorik Solartechnik Spedition Stahlbau Stahlhandel "
    "Steuerungsbau Textil Tiefbau Transporte Umwelttechnik Verpackung Verpackungen Wärmetechnik Werkzeugbau Werkzeuge "
    "Advisors Analytics Automation Bearings Brothers Building Catering Cleaning Components Consulting Controls Design "
    "Devices Dynamics Electric Energy Engineering Equipment Fabrics Foods Freight Furniture Glass Group Hardware "
    "Holdings Imports Industries Instruments Interiors Joinery Lighting Machinery Materials Media Metals Motors "
    "Networks Outfitters Packaging Paints Partners Plastics Power Printing Products Robotics Roofing Services Shipping "
    "Software Solutions Spares Steel Supplies Systems Technologies Textiles Timber Tools Trading Transport Valves"
).split()
_PLACES = (
    "Aachen Augsburg Bamberg Basel Berlin Bern Bielefeld Bochum Bonn Bozen Bremen Brno Celle Chemnitz Coburg Cottbus "
    "Dessau Dortmund Dresden Düsseldorf Duisburg Erfurt Erlangen Essen Flensburg Frankfurt Freiburg Fulda Gera Gießen "
    "Göttingen Graz Hagen Halle Hamburg Hameln Hanau Hannover Heidelberg Hildesheim Ingolstadt Innsbruck Jena "
    "Kassel Kiel Koblenz Köln Konstanz Krefeld Leipzig Lindau Linz Lübeck Lüneburg Luzern Magdeburg Mainz Mannheim "
    "Marburg Minden München Münster Neuss Nürnberg Oldenburg Osnabrück Paderborn Passau Potsdam Regensburg Rostock "
    "Salzburg Schwerin Siegen Speyer Stuttgart Trier Ulm Weimar Wien Worms Wuppertal Würzburg Zürich Zwickau Antwerp "
    "Bergen Bristol Cardiff Cork Derby Dover Exeter Ghent Gloucester Leeds Lincoln Malmö Norwich Nottingham Oslo "
    "Oxford Plymouth Porto Preston Reading Rouen Salford Sheffield Swansea Tampere Toulouse Turin Utrecht Verona York"
).split()
_MARKS = (
    "Alpha Alpen Apex Aqua Arctic Argo Astra Atlas Aurora Baltic Blue Bridge Castle Central City Classic Comet Coral "
    "Crown Delta Diamond Eagle Elbe Euro Falcon First Global Golden Grand Green Hansa Harbour Hill Horizon Inter Isar "
    "Jupiter Lake Lion Luna Main Marine Mercury Meridian Metro Neckar Neptun Nord Nordic North Nova Oak Ocean Omega "
    "Orion Ost Pacific Phönix Pioneer Polar Premier Prime Quality Red River Royal Saturn Silver Sky Solar South Spree "
    "Star Stern Sun Süd Summit Terra Titan Trend Uni Union Vega Victoria Vision Weser West White"
).split()
_FORMS = "GmbH GmbH GmbH GmbH&Co.KG AG KG OHG UG SE Ltd Ltd. Limited Inc Inc. LLC PLC B.V. S.A. S.r.l. ApS AB".split()


def company_names(count: int, seed: int = 1) -> list[str]:
    """So many names, all different; the same ones for the same seed."""
    random = Random(seed)  # noqa: S311  what is drawn is nobody's secret
    names: dict[str, None] = {}
    while len(names) < count:
        names[_company(random)] = None
    return list(names)


def _company(random: Random) -> str:
    family, other = random.choice(_FAMILIES), random.choice(_FAMILIES)
    trade, place, mark = random.choice(_TRADES), random.choice(_PLACES), random.choice(_MARKS)
    pattern = random.choice(
        (
            f"{family} {trade}",
            f"{family} {trade} {place}",
            f"{family} & {other}",
            f"{family} & {other} {trade}",
            f"{mark} {trade}",
            f"{mark} {trade} {place}",
            f"{mark}{trade.lower()} {family}",
            f"{place}er {trade} {family}",
            f"{trade} {family}",
        )
    )
    form = random.choice(_FORMS).replace("&", " & ").replace("Co.", "Co. ")
    return f"{pattern} {form}"


def mistyped(name: str, random: Random) -> str:
    """With one letter too many, too few, wrong, or swapped with the next; spaces and the first letter are letters."""
    place, letter = random.randrange(len(name)), random.choice(string.ascii_lowercase + " ")
    before, at, after = name[:place], name[place], name[place + 1 :]
    swapped = before + after[:1] + at + after[1:]
    return random.choice((before + letter + at + after, before + after, before + letter + after, swapped))
