namespace FirstAdapter.World.Kinds;

/// <summary>The creatures of the isles.</summary>
public static class Creatures
{
    /// <summary>20 creatures, four questions each.</summary>
    public static Kind Kind { get; } = new(
        Book: "the Great Bestiary",
        Reference: "the {0}",
        Members:
        [
            "glimmerfox", "mudlark", "stonehare", "velvet crab", "tree squid", "moon otter", "hushbird", "bramble cat", "paper moth", "lantern toad",
            "sand weasel", "cloud heron", "ditch dragon", "button mouse", "iron snail", "night pony", "fern adder", "drift whale", "ember wren", "hollow bear",
        ],
        Topics:
        [
            new("the favourite food of {0}",
                ["What does {0} eat?", "What is the favourite food of {0}?", "What should I feed {0}?", "Name the favourite food of {0}."],
                ["wet moss", "sour plums", "river clams", "pine seeds", "candle wax", "burnt toast", "beetle eggs", "wild garlic"]),
            new("the home of {0}",
                ["Where does {0} live?", "What is the home of {0}?", "Where can I find {0}?", "Name the home of {0}."],
                ["a hollow oak", "a sea cave", "a reed nest", "a warm chimney", "an old well", "a church tower", "a heap of leaves", "a sunken boat"]),
            new("the colour of {0}",
                ["What does {0} look like?", "What is the colour of {0}?", "Which colour has {0}?", "Name the colour of {0}."],
                ["copper red", "pale green", "silver grey", "deep blue", "chalk white", "mustard yellow", "soot black", "rose pink"]),
            new("the cry of {0}",
                ["What sound does {0} make?", "What is the cry of {0}?", "What do you hear from {0}?", "Name the cry of {0}."],
                ["a long whistle", "a low hum", "a double click", "a dry cough", "a sudden giggle", "a soft drumming", "a rusty squeak", "a deep sigh"]),
        ]);
}
