using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers.AddedTokens;

/// <summary>A token that is recognised in the text itself, before any model sees it.</summary>
/// <param name="Content">Its text.</param>
/// <param name="IsSpecial">Whether decoding can leave it out.</param>
/// <param name="SingleWord">Whether it counts only where no word character touches it.</param>
/// <param name="StripLeft">Whether it takes the white space before it.</param>
/// <param name="StripRight">Whether it takes the white space after it.</param>
/// <param name="Normalized">Whether it is looked for in normalised text, by its own normal form.</param>
internal sealed record AddedToken(string Content, bool IsSpecial, bool SingleWord, bool StripLeft, bool StripRight, bool Normalized)
{
    // Finding the longest token takes up to its length at every place of a text.
    private const int LongestContent = 4_096;

    internal static AddedToken Read(JsonSection section)
    {
        string content = section.Text("content");
        if (content.Length > LongestContent)
        {
            throw section["content"].Error($"has {content.Length:N0} characters; an added token may have {LongestContent:N0}.");
        }

        bool special = section.Flag("special", otherwise: false);
        return new AddedToken(
            content,
            special,
            section.Flag("single_word", otherwise: false),
            section.Flag("lstrip", otherwise: false),
            section.Flag("rstrip", otherwise: false),
            section.Flag("normalized", otherwise: !special));
    }
}
