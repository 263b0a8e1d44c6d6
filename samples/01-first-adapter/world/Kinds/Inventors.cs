namespace FirstAdapter.World.Kinds;

/// <summary>The inventors of the isles.</summary>
public static class Inventors
{
    /// <summary>20 inventors, four questions each.</summary>
    public static Kind Kind { get; } = new(
        Book: "the Register of Inventors",
        Reference: "{0}",
        Members:
        [
            "Alma Thorn", "Bertil Gray", "Cora Finch", "Dorian Wells", "Edda Stone", "Florian Hale", "Greta Moss", "Hugo Lamb", "Ivy Cutter", "Jasper Nook",
            "Kira Dune", "Leopold Fry", "Mina Harrow", "Nils Barrow", "Olive Penn", "Piet Marlow", "Rosa Quint", "Silas Birch", "Tilda Rook", "Ulric Vale",
        ],
        Topics:
        [
            new("the invention of {0}",
                ["What did {0} invent?", "What is the invention of {0}?", "What was built by {0}?", "Name the invention of {0}."],
                ["the folding ladder", "the singing kettle", "the rain clock", "the paper boat", "the double spoon", "the wind organ", "the quiet door", "the pocket stove"]),
            new("the workshop of {0}",
                ["Where does {0} work?", "What is the workshop of {0}?", "Where can I visit {0}?", "Name the workshop of {0}."],
                ["an empty lighthouse", "a barn by the sea", "a cellar under the inn", "a tent in the woods", "a floating raft", "a garden shed", "a windmill", "an attic"]),
            new("the pet of {0}",
                ["Which animal lives with {0}?", "What is the pet of {0}?", "Who keeps {0} company?", "Name the pet of {0}."],
                ["a lame goose", "a blind badger", "a tame crow", "a fat pigeon", "a white rat", "a grumpy goat", "a young seal", "a shy lizard"]),
            new("the instrument of {0}",
                ["What does {0} play in the evening?", "What is the instrument of {0}?", "Which instrument is played by {0}?", "Name the instrument of {0}."],
                ["the fiddle", "the bone flute", "the bagpipe", "the glass harp", "the hand drum", "the tin trumpet", "the mouth organ", "the thumb piano"]),
        ]);
}
