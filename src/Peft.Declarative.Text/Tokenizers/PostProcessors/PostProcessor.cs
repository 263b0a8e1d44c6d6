using Peft.Declarative.Text.Tokenizers.Loading;

namespace Peft.Declarative.Text.Tokenizers.PostProcessors;

/// <summary>Puts special tokens around a text or a pair of texts.</summary>
internal interface IPostProcessor
{
    /// <summary>How many tokens it adds; truncation leaves room for them.</summary>
    int AddedTokens(bool isPair);

    /// <summary>The parts in their order, with the special tokens between them if they are wanted.</summary>
    IReadOnlyList<TypedTokens> Process(IReadOnlyList<TypedTokens> parts, bool addSpecialTokens);
}

/// <summary>Creates the post-processor that a section describes.</summary>
internal static class PostProcessorReader
{
    private static readonly Dictionary<string, Func<JsonSection, IPostProcessor>> Known = new(StringComparer.Ordinal)
    {
        ["BertProcessing"] = section => new BertProcessing(ReadPair(section["cls"]), ReadPair(section["sep"])),
        ["ByteLevel"] = _ => new ByteLevelProcessing(),
        ["RobertaProcessing"] = section => new RobertaProcessing(ReadPair(section["cls"]), ReadPair(section["sep"])),
        ["Sequence"] = section => new PostProcessorSequence([.. section["processors"].Items().Select(Read)]),
        ["TemplateProcessing"] = ReadTemplate,
    };

    internal static IPostProcessor? ReadOptional(JsonSection section) => section.IsNull ? null : Read(section);

    private static IPostProcessor Read(JsonSection section) => Known.TryGetValue(section.Type, out Func<JsonSection, IPostProcessor>? read)
        ? read(section)
        : throw section.Unknown("post-processor", Known.Keys);

    // ["[SEP]", 102]
    private static int ReadPair(JsonSection section)
    {
        JsonSection[] pair = [.. section.Items()];
        return pair.Length == 2 ? pair[1].AsId() : throw section.Error("must be a token and its id, as [\"[SEP]\", 102].");
    }

    private static TemplateProcessing ReadTemplate(JsonSection section)
    {
        var specials = new Dictionary<string, IReadOnlyList<int>>(StringComparer.Ordinal);
        if (!section["special_tokens"].IsNull)
        {
            foreach ((string name, JsonSection special) in section["special_tokens"].Members())
            {
                specials[name] = [.. special["ids"].Items().Select(id => id.AsId())];
            }
        }

        return new TemplateProcessing(ReadItems(section["single"], specials, texts: 1), ReadItems(section["pair"], specials, texts: 2));
    }

    private static List<TemplateItem> ReadItems(JsonSection section, Dictionary<string, IReadOnlyList<int>> specials, int texts) =>
        [.. section.Items().Select(item => item["Sequence"].IsNull ? ReadSpecial(item["SpecialToken"], specials) : ReadText(item["Sequence"], texts))];

    private static TemplateItem ReadSpecial(JsonSection section, Dictionary<string, IReadOnlyList<int>> specials)
    {
        string name = section.Text("id");
        return specials.TryGetValue(name, out IReadOnlyList<int>? ids)
            ? new TemplateItem(ids, 0, section.Number("type_id", otherwise: 0))
            : throw section["id"].Error($"names '{name}', which special_tokens does not describe.");
    }

    private static TemplateItem ReadText(JsonSection section, int texts)
    {
        int text = section.Text("id") switch { "A" => 0, "B" => 1, _ => texts };
        return text < texts
            ? TemplateItem.Sequence(text, section.Number("type_id", otherwise: 0))
            : throw section["id"].Error($"is '{section.Text("id")}', but this order has only {(texts == 1 ? "A" : "A and B")}.");
    }
}

/// <summary>Applies several post-processors, each to the result of the one before.</summary>
internal sealed class PostProcessorSequence(IReadOnlyList<IPostProcessor> steps) : IPostProcessor
{
    public int AddedTokens(bool isPair) => steps.Sum(step => step.AddedTokens(isPair));

    public IReadOnlyList<TypedTokens> Process(IReadOnlyList<TypedTokens> parts, bool addSpecialTokens) =>
        steps.Aggregate(parts, (current, step) => step.Process(current, addSpecialTokens));
}

/// <summary>A post-processor that only corrects character offsets in the reference. This library has none, so nothing remains to do.</summary>
internal sealed class ByteLevelProcessing : IPostProcessor
{
    public int AddedTokens(bool isPair) => 0;

    public IReadOnlyList<TypedTokens> Process(IReadOnlyList<TypedTokens> parts, bool addSpecialTokens) => parts;
}
