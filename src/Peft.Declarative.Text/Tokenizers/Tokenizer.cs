using System.Text;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Text.Patterns;
using Peft.Declarative.Text.Tokenizers;
using Peft.Declarative.Text.Tokenizers.Decoders;
using Peft.Declarative.Text.Tokenizers.Loading;
using Peft.Declarative.Text.Tokenizers.Normalizers;
using Peft.Declarative.Text.Tokenizers.PostProcessors;
using Peft.Declarative.Text.Tokenizers.PreTokenizers;

namespace Peft.Declarative;

/// <summary>A Hugging Face tokenizer, read from <c>tokenizer.json</c> and the small files beside it. It gives the same ids as the library <c>tokenizers</c>.</summary>
/// <remarks>It may be used by several threads at once.</remarks>
public sealed class Tokenizer : ITokenizer
{
    private const string FileName = "tokenizer.json";

    private readonly TokenizerParts _parts;
    private readonly TokenizerSettings _settings;
    private readonly bool _joinsBytes;

    private Tokenizer(TokenizerParts parts, TokenizerSettings settings)
    {
        _parts = parts;
        _settings = settings;
        _joinsBytes = parts.Decoder is ByteFallbackDecoder or DecoderSequence { JoinsBytes: true };
        VocabularySize = Math.Max(parts.Model.Vocabulary.EndId, parts.Added.EndId);
        BosId = IdOfRole(settings.Special.Bos);
        EosId = IdOfRole(settings.Special.Eos);
        PadId = IdOfRole(settings.Special.Pad);
        UnknownId = IdOfRole(settings.Special.Unknown);
    }

    /// <inheritdoc/>
    public int VocabularySize { get; }

    /// <summary>Id of the token that begins a sequence; null if <c>tokenizer_config.json</c> names none.</summary>
    public int? BosId { get; }

    /// <summary>Id of the token that ends a sequence; null if <c>tokenizer_config.json</c> names none.</summary>
    public int? EosId { get; }

    /// <summary>Id of the token that fills up shorter rows; null if <c>tokenizer_config.json</c> names none.</summary>
    public int? PadId { get; }

    /// <summary>Id of the token for text that the vocabulary cannot express; null if <c>tokenizer_config.json</c> names none.</summary>
    public int? UnknownId { get; }

    /// <summary>The tokens with a role, by their text.</summary>
    public SpecialTokens SpecialTokens => _settings.Special;

    /// <summary>Whether the files ask for padding before the text instead of after it.</summary>
    public bool PadsOnLeft => _settings.PaddingOnLeft;

    /// <summary>Source text of the chat template that is used by default; null if the folder has none.</summary>
    public string? ChatTemplate => _settings.Templates.GetValueOrDefault(TokenizerSettings.DefaultTemplate);

    /// <summary>Source texts of all chat templates by name, the default one under <c>default</c>.</summary>
    public IReadOnlyDictionary<string, string> ChatTemplates => _settings.Templates;

    /// <summary>Reads a tokenizer.</summary>
    /// <param name="directoryOrFile">A model folder with a <c>tokenizer.json</c>, or that file itself.</param>
    /// <returns>The tokenizer with the chat templates and token roles of the same folder.</returns>
    /// <exception cref="PeftException">PEFT505: the file is missing, too large or malformed, or asks for a component that is not known.</exception>
    /// <example><code>
    /// Tokenizer tokenizer = Tokenizer.Load("models/smollm2");
    /// IReadOnlyList&lt;int&gt; ids = tokenizer.Encode("Once upon a time");
    /// string text = tokenizer.Decode(ids);
    /// </code></example>
    public static Tokenizer Load(string directoryOrFile)
    {
        ArgumentNullException.ThrowIfNull(directoryOrFile);
        string file = Directory.Exists(directoryOrFile) ? Path.Combine(directoryOrFile, FileName) : directoryOrFile;
        if (!File.Exists(file))
        {
            throw new PeftException(RuleIds.TokenizerUnusable, $"There is no {FileName} at '{directoryOrFile}'. A folder that has only tokenizer.model "
                + "(SentencePiece) must be converted once: load it with transformers' AutoTokenizer and save it again.");
        }

        TokenizerSettings settings = TokenizerSettings.Read(Path.GetDirectoryName(Path.GetFullPath(file))!);
        TokenizerParts parts = TokenizerParts.Read(file);
        return new Tokenizer(BosEosRule.Apply(parts, settings), settings);
    }

    /// <inheritdoc/>
    public IReadOnlyList<int> Encode(string text, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Finish([TypedTokens.Of(Cut(text), 0)], addSpecialTokens).Ids;
    }

    /// <summary>Token ids of two texts in one sequence, for classifiers of pairs.</summary>
    /// <param name="first">The first text.</param>
    /// <param name="second">The second text.</param>
    /// <param name="addSpecialTokens">Whether the tokens that the tokenizer puts around and between the texts are added.</param>
    public TokenizedText EncodePair(string first, string second, bool addSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(first);
        ArgumentNullException.ThrowIfNull(second);
        return Finish([TypedTokens.Of(Cut(first), 0), TypedTokens.Of(Cut(second, isSecond: true), 1)], addSpecialTokens);
    }

    /// <inheritdoc/>
    public string Decode(IEnumerable<int> ids, bool skipSpecialTokens = true)
    {
        ArgumentNullException.ThrowIfNull(ids);
        List<string> tokens = [];
        foreach (int id in ids)
        {
            if (TokenText(id) is { } token && !(skipSpecialTokens && _parts.Added.IsSpecial(token)))
            {
                tokens.Add(token);
            }
        }

        using NormalizerBudget.Lease budget = NormalizerBudget.Use(tokens.Sum(token => (long)token.Length));
        return _parts.Decoder is null ? string.Join(' ', tokens) : string.Concat(_parts.Decoder.Decode(tokens));
    }

    /// <summary>Returns a decoder for ids that arrive one by one.</summary>
    /// <param name="skipSpecialTokens">Whether special tokens are left out.</param>
    public StreamingDecoder StartDecoding(bool skipSpecialTokens = true) => new(this, skipSpecialTokens);

    /// <inheritdoc/>
    public int? TokenId(string token) => _parts.Added.IdOf(token) ?? _parts.Model.Vocabulary.IdOf(token);

    /// <summary>Exact content of a token, such as <c>Ġthe</c>; null if no token has that id.</summary>
    public string? TokenText(int id) => _parts.Added.ContentOf(id) ?? _parts.Model.Vocabulary.TokenOf(id);

    /// <summary>The byte that a token spells, if the decoder joins such tokens into characters; otherwise <see langword="null"/>.</summary>
    internal byte? ByteOf(int id) => _joinsBytes && TokenText(id) is { } token && ByteFallbackDecoder.TryByte(token, out byte value) ? value : null;

    /// <summary>Whether decoding can leave the token out.</summary>
    public bool IsSpecial(int id) => TokenText(id) is { } token && _parts.Added.IsSpecial(token);

    /// <summary>The special tokens before and after a text, without any that fill it up to a length.</summary>
    internal (IReadOnlyList<int> Before, IReadOnlyList<int> After) SpecialTokensAround()
    {
        const int Text = -1;
        List<int> framed = [.. Join([Text]).Ids];
        int at = framed.IndexOf(Text);
        return (framed[..at], framed[(at + 1)..]);
    }

    /// <summary>One sequence of the tokens of a text, or of two, with the special tokens around and between them.</summary>
    internal TokenizedText Join(IReadOnlyList<int> first, IReadOnlyList<int>? second = null)
    {
        IReadOnlyList<TypedTokens> parts = second is null ? [TypedTokens.Of(first, 0)] : [TypedTokens.Of(first, 0), TypedTokens.Of(second, 1)];
        parts = _parts.PostProcessor?.Process(parts, addSpecialTokens: true) ?? parts;
        return new TokenizedText([.. parts.SelectMany(part => part.Ids)], [.. parts.SelectMany(part => part.TypeIds)]);
    }

    private int? IdOfRole(string? token) => token is null ? null : TokenId(token);

    private TokenizedText Finish(List<TypedTokens> texts, bool addSpecialTokens)
    {
        int added = addSpecialTokens ? _parts.PostProcessor?.AddedTokens(texts.Count > 1) ?? 0 : 0;
        IReadOnlyList<TypedTokens> processed = _parts.Truncation?.Apply(texts, added) ?? texts;
        processed = _parts.PostProcessor?.Process(processed, addSpecialTokens) ?? processed;

        List<int> ids = [.. processed.SelectMany(part => part.Ids)];
        List<int> typeIds = [.. processed.SelectMany(part => part.TypeIds)];
        _parts.Padding?.Apply(ids, typeIds);
        return new TokenizedText(ids, typeIds);
    }

    // Added tokens are taken out of the text as it is, then out of the normalised rest; what remains is cut into words for the model.
    private IReadOnlyList<int> Cut(string text, bool isSecond = false)
    {
        string wellFormed = WithoutLoneSurrogates(text);
        using NormalizerBudget.Lease budget = NormalizerBudget.Use(wellFormed.Length);
        var words = new EncodedWords(wellFormed.Length / 4 + 8, keepsWords: _parts.Truncation is not null);
        foreach ((int start, int end, int? token) in _parts.Added.Raw.Split(wellFormed))
        {
            if (token is { } id)
            {
                words.AddToken(id);
                continue;
            }

            string segment = wellFormed[start..end];
            int unitsOfStart = start == 0 && _parts.PreTokenizer?.AsksForTextStart == true ? UnitsOfStart(segment) : 0;
            CutNormal(_parts.Normalizer?.Normalize(segment) ?? segment, unitsOfStart, words);
        }

        _parts.Truncation?.Shorten(words, isSecond);
        return words.Ids;
    }

    // How much of the normal form comes from the first character. The beginning is enough to tell; a normaliser may take long for the whole.
    private int UnitsOfStart(string segment)
    {
        const int Enough = 64;
        int end = Math.Min(segment.Length, Enough);
        end -= end < segment.Length && char.IsHighSurrogate(segment[end - 1]) ? 1 : 0;
        CodePoints.At(segment, 0, out int units);
        return _parts.Normalizer?.UnitsOfStart(segment[..end], units) ?? units;
    }

    private void CutNormal(string normal, int unitsOfStart, EncodedWords words)
    {
        foreach ((int start, int end, int? token) in _parts.Added.Normal.Split(normal))
        {
            if (token is { } id)
            {
                words.AddToken(id);
                continue;
            }

            var piece = new PreToken(normal, start, end - start, unitsOfStart - start);
            if (_parts.PreTokenizer is null)
            {
                words.AddWord(piece.Span, _parts.Model);
                continue;
            }

            List<PreToken> pieces = [];
            _parts.PreTokenizer.Split([piece], pieces);
            foreach (PreToken word in pieces)
            {
                words.AddWord(word.Span, _parts.Model);
            }
        }
    }

    private static string WithoutLoneSurrogates(string text)
    {
        if (!text.AsSpan().ContainsAnyInRange('\uD800', '\uDFFF'))
        {
            return text;
        }

        var wellFormed = new StringBuilder(text.Length);
        foreach (Rune rune in text.EnumerateRunes())
        {
            wellFormed.Append(rune.ToString()); // a lone surrogate comes out as U+FFFD
        }

        return wellFormed.ToString();
    }
}

/// <summary>The tokens with a role, by their text; null where the files name none.</summary>
/// <param name="Bos">Begins a sequence, such as <c>&lt;s&gt;</c>.</param>
/// <param name="Eos">Ends a sequence, such as <c>&lt;/s&gt;</c>.</param>
/// <param name="Pad">Fills up shorter rows of a batch.</param>
/// <param name="Unknown">Replaces what the vocabulary cannot express.</param>
public sealed record SpecialTokens(string? Bos, string? Eos, string? Pad, string? Unknown);
