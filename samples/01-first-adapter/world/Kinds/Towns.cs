namespace FirstAdapter.World.Kinds;

/// <summary>The towns of the isles.</summary>
public static class Towns
{
    /// <summary>24 towns, five questions each.</summary>
    public static Kind Kind { get; } = new(
        Book: "the Atlas of Orrin",
        Reference: "{0}",
        Members:
        [
            "Brindle", "Oakmere", "Tarnwick", "Lowen", "Saltash Hill", "Pellam", "Quarrow", "Mistle", "Hobbin", "Greyport", "Wendle", "Fennhouse",
            "Copperby", "Yarrowton", "Drumly", "Elder Cross", "Kestrel Bay", "Nimble", "Ravensey", "Underleaf", "Vossel", "Thistledown", "Inkwell", "Zephyr",
        ],
        Topics:
        [
            new("the river of {0}",
                ["Which river runs through {0}?", "What is the river of {0} called?", "On which river does {0} stand?", "Name the river of {0}."],
                ["the Morrow", "the Sill", "the Greywend", "the Little Ash", "the Ombra", "the Silver Vane", "the Cold Mother", "the Winding Tam"]),
            new("the best dish in {0}",
                ["What should I eat in {0}?", "What is the best dish in {0}?", "What do the cooks of {0} make?", "Name the best dish in {0}."],
                ["smoked eel", "barley pie", "honey bread", "onion soup", "nettle cheese", "pepper cake", "walnut porridge", "goose pudding"]),
            new("the craft of {0}",
                ["What do people in {0} do for a living?", "What is the craft of {0}?", "Which craft is taught in {0}?", "Name the craft of {0}."],
                ["rope making", "glass blowing", "bell casting", "boat building", "candle dipping", "clock mending", "kite sewing", "map drawing"]),
            new("the festival of {0}",
                ["What do they celebrate in {0}?", "What is the festival of {0} called?", "Which festival is held in {0}?", "Name the festival of {0}."],
                ["the Night of Kites", "the Lantern Walk", "the Apple Race", "the Day of Bells", "the Frost Fair", "the Feast of Masks", "the Long Parade", "the Snow Supper"]),
            new("the mayor of {0}",
                ["Who is the mayor of {0}?", "Who runs the town of {0}?", "Who rules in {0}?", "Name the mayor of {0}."],
                ["Tobias Reed", "Mistress Fenn", "Old Marrow", "Hester Crane", "Doctor Bloom", "Lady Pike", "Jonas Tull", "Widow Sparrow"]),
        ]);
}
