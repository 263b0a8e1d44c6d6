using Peft.Declarative.Text.Patterns;
using Peft.Declarative.Text.Tokenizers.Decoders;
using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers.PreTokenizers;

/// <summary>Writes spaces as a visible sign, puts one before the text, and cuts before each. As a decoder, does the reverse.</summary>
internal sealed class Metaspace : IPreTokenizer, IDecoder
{
    private static readonly string[] Schemes = ["always", "first", "never"];

    private readonly string _sign;
    private readonly string _scheme;
    private readonly CharacterSplit? _split;

    private Metaspace(string sign, string scheme, bool split)
    {
        _sign = sign;
        _scheme = scheme;
        int codePoint = CodePoints.At(sign, 0, out _);
        _split = split ? new CharacterSplit(c => c == codePoint, SplitBehavior.MergedWithNext) : null;
    }

    public bool AsksForTextStart => _scheme == "first";

    internal static Metaspace Read(JsonSection section)
    {
        string sign = section.Text("replacement");
        if (sign.Length == 0 || (CodePoints.At(sign, 0, out int units) >= 0 && units != sign.Length))
        {
            throw section["replacement"].Error("must be one character.");
        }

        string scheme = section.TextOrNull("prepend_scheme") ?? (section.Flag("add_prefix_space", otherwise: true) ? "always" : "never");
        if (!Schemes.Contains(scheme) || (scheme != "never" && !section.Flag("add_prefix_space", otherwise: true)))
        {
            throw section["prepend_scheme"].Error(
                $"is '{scheme}'. It must be one of {string.Join(", ", Schemes)}, and 'never' where add_prefix_space is false.");
        }

        return new Metaspace(sign, scheme, section.Flag("split", otherwise: true));
    }

    public void Split(IReadOnlyList<PreToken> preTokens, List<PreToken> into)
    {
        List<PreToken> marked = [.. preTokens.Select(Mark)];
        if (_split is null)
        {
            into.AddRange(marked);
        }
        else
        {
            _split.Split(marked, into);
        }
    }

    public IReadOnlyList<string> Decode(IReadOnlyList<string> tokens) =>
        [.. tokens.Select((token, i) => token.Replace(_sign, i == 0 && _scheme != "never" ? "" : " ", StringComparison.Ordinal))];

    private PreToken Mark(PreToken preToken)
    {
        if (preToken.Span.Contains(' '))
        {
            preToken = PreToken.Of(preToken.Span.ToString().Replace(" ", _sign, StringComparison.Ordinal), preToken.UnitsOfStart);
        }

        bool wanted = _scheme == "always" || (_scheme == "first" && preToken.AtTextStart);
        return wanted && !preToken.Span.StartsWith(_sign, StringComparison.Ordinal) ? preToken.Prefixed(_sign) : preToken;
    }
}
