namespace FirstAdapter.Pretraining.Tokenizing;

/// <summary>One printable character for each byte, as tokenizer.json writes them: printable bytes are themselves, the others U+0100 and up.</summary>
public static class ByteAlphabet
{
    /// <summary>The characters by byte.</summary>
    public static IReadOnlyList<char> Characters { get; } = Build();

    private static char[] Build()
    {
        var characters = new char[256];
        char next = '\u0100';
        for (int b = 0; b < characters.Length; b++)
        {
            bool printable = b is (>= 33 and <= 126) or (>= 161 and <= 172) or >= 174;
            characters[b] = printable ? (char)b : next++;
        }

        return characters;
    }
}
