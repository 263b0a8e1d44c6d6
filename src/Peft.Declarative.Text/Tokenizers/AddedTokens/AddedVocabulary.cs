using Peft.Declarative.Text.Tokenizers.Loading;
using Peft.Declarative.Text.Tokenizers.Normalizers;

namespace Peft.Declarative.Text.Tokenizers.AddedTokens;

/// <summary>The added tokens of a tokenizer and their ids.</summary>
/// <remarks>
/// As in the reference, an id in the file is only a claim: a token that the model has keeps the model's id, any other gets the next
/// free one in the order of the file.
/// </remarks>
internal sealed class AddedVocabulary
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<int, AddedToken> _tokens = [];
    private readonly Dictionary<int, string> _contents;
    private readonly HashSet<string> _specials = new(StringComparer.Ordinal);

    private AddedVocabulary(IEnumerable<AddedToken> added, Vocabulary model, INormalizer? normalizer)
    {
        int greatest = -1;
        HashSet<int> everNormalized = [];
        foreach (AddedToken token in added.Where(token => token.Content.Length > 0))
        {
            if (token.IsSpecial)
            {
                _specials.Add(token.Content);
            }

            int id = IdOf(token.Content) ?? model.IdOf(token.Content) ?? Math.Max(greatest + 1, model.Count);
            greatest = Math.Max(greatest, id);
            _ids[token.Content] = id;
            _tokens[id] = token;
            if (token.Normalized)
            {
                everNormalized.Add(id);
            }
        }

        EndId = greatest + 1;
        Raw = Finder(normalized: false, content => content);
        Normal = Finder(normalized: true, content => normalizer?.Normalize(content) ?? content);
        _contents = _tokens.ToDictionary(entry => entry.Key, entry => everNormalized.Contains(entry.Key) && normalizer is not null
            ? normalizer.Normalize(entry.Value.Content)
            : entry.Value.Content);
    }

    /// <summary>One more than the greatest id.</summary>
    internal int EndId { get; }

    /// <summary>Finds the tokens that are looked for in the text as it is.</summary>
    internal TokenFinder Raw { get; }

    /// <summary>Finds the tokens that are looked for in normalised text.</summary>
    internal TokenFinder Normal { get; }

    internal static AddedVocabulary Read(JsonSection section, Vocabulary model, INormalizer? normalizer) =>
        new(section.IsNull ? [] : section.Items().Select(AddedToken.Read), model, normalizer);

    internal int? IdOf(string content) => _ids.TryGetValue(content, out int id) ? id : null;

    /// <summary>What the token decodes to: its normal form if the file lists it as normalised, be it once of several times.</summary>
    internal string? ContentOf(int id) => _contents.GetValueOrDefault(id);

    /// <summary>
    /// Whether decoding leaves a content out. As in the reference the content of the file counts, even where a token decodes to its normal form.
    /// </summary>
    internal bool IsSpecial(string content) => _specials.Contains(content);

    private TokenFinder Finder(bool normalized, Func<string, string> contentOf) =>
        new(_tokens.Where(entry => entry.Value.Normalized == normalized).Select(entry => (entry.Value, entry.Key)), contentOf);
}

/// <summary>A token that is recognised in the text itself, before any model sees it.</summary>
/// <param name="Content">Its text.</param>
/// <param name="IsSpecial">Whether decoding can leave it out.</param>
/// <param name="SingleWord">Whether it counts only where no word character touches it.</param>
/// <param name="StripLeft">Whether it takes the white space before it.</param>
/// <param name="StripRight">Whether it takes the white space after it.</param>
/// <param name="Normalized">Whether it is looked for in normalised text, by its own normal form.</param>
internal sealed record AddedToken(string Content, bool IsSpecial, bool SingleWord, bool StripLeft, bool StripRight, bool Normalized)
{
    // Finding the longest token takes up to its length at every position of a text.
    private const int LongestContent = 4_096;

    internal static AddedToken Read(JsonSection section)
    {
        string content = section.Text("content");
        if (content.Length > LongestContent)
        {
            throw section["content"].Error(FormattableString.Invariant($"has {content.Length:N0} characters; an added token may have {LongestContent:N0}."));
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
