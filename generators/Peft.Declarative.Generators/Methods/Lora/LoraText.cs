using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Methods.Lora;
using Peft.Declarative.Targeting;
using Peft.Declarative.Text.Errors;

namespace Peft.Declarative.Generators.Methods.Lora;

/// <summary>A low-rank adapter in generated code: config, arguments, formula, shapes.</summary>
internal static class LoraText
{
    internal static IEnumerable<string> Settings(LoraSpec spec, TypeNames types)
    {
        yield return $"Rank = {Literal.Of(spec.Rank)}";
        if (spec.Alpha is not null) yield return $"Alpha = {RuleTexts.Number(spec.EffectiveAlpha)}";
        if (spec.Dropout != 0) yield return $"Dropout = {Literal.Of(spec.Dropout)}";
        if (spec.UseRsLora) yield return "UseRsLora = true";
        if (spec.OwnBias) yield return "OwnBias = true";
        if (spec.Init != default) yield return $"Init = {types["LoraInit"]}.{spec.Init}";
        if (spec.LoftQIterations != LoraFacts.LoftQIterations) yield return $"LoftQIterations = {Literal.Of(spec.LoftQIterations)}";
        foreach (string pattern in Patterns(spec.RankPattern, spec.AlphaPattern)) yield return pattern;
        if (spec.TrainableTokens.Count > 0)
            yield return $"TrainableTokens = new {types["TokensByEmbedding"]} {{ [{types["LoraTokens"]}.InputEmbedding] = {Literal.Of(spec.TrainableTokens)} }}";
    }

    /// <summary>Gets the assignments of the patterns in a config's initializer.</summary>
    internal static IEnumerable<string> Patterns(EquatableArray<PatternEntry> ranks, EquatableArray<PatternEntry> alphas)
    {
        if (ranks.Count > 0) yield return $"RankPattern = {Pairs(ranks, value => Literal.Of((int)value))}";
        if (alphas.Count > 0) yield return $"AlphaPattern = {Pairs(alphas, Literal.Of)}";
    }

    /// <summary>Gets the fields of the adapter's file that change its result, of LoRA and of DoRA, which has the same file.</summary>
    internal static IEnumerable<(string Field, string Value)> SavedFields(LoraSpec spec, bool hasMagnitude) =>
    [
        ("use_dora", Literal.Of(hasMagnitude)), ("r", Literal.Of(spec.Rank)), ("lora_alpha", RuleTexts.Number(spec.EffectiveAlpha)),
        ("use_rslora", Literal.Of(spec.UseRsLora)), ("lora_bias", Literal.Of(spec.OwnBias)),
    ];

    internal static IEnumerable<string> Arguments(LoraSpec spec, PlannedLayer layer, TypeNames types)
    {
        bool table = layer.Layer.Kind == LayerKind.Embedding;
        var setting = (LowRank)layer.Setting!;
        yield return $"rank: {Literal.Of(setting.Rank)}";
        yield return $"scaling: {Literal.Of(spec.Scaling(setting))}";
        if (spec.Dropout != 0 && !table) yield return $"dropout: {Literal.Of(spec.Dropout)}";
        if (spec.OwnBias && !table) yield return "ownBias: true";
        if (spec.Init != default) yield return $"init: {types["LoraInit"]}.{spec.Init}";
        if (spec.LoftQIterations != LoraFacts.LoftQIterations && !table) yield return $"loftQIterations: {Literal.Of(spec.LoftQIterations)}";
    }

    internal static string Formula(LoraSpec spec, PlannedLayer layer)
    {
        var (output, input) = Sizes(layer);
        int rank = ((LowRank)layer.Setting!).Rank;
        return layer.Layer.Kind == LayerKind.Embedding
            ? $"y = W[id] + {Factor(spec, layer)}B A[id], W frozen [{input}, {output}], A [{rank}, {input}], B [{output}, {rank}]"
            : $"y = W x + {Product(spec, layer)}, W frozen [{output}, {input}], A [{rank}, {input}], B [{output}, {rank}]";
    }

    internal static string Factors(PlannedLayer layer)
    {
        var (output, input) = Sizes(layer);
        string rank = Literal.Of(((LowRank)layer.Setting!).Rank);
        return $"A [{rank}, {input}]   B [{output}, {rank}]";
    }

    internal static string Scaling(LoraSpec spec)
    {
        string alpha = RuleTexts.Number(spec.EffectiveAlpha);
        double scaling = spec.Scaling(new LowRank(spec.Rank, spec.EffectiveAlpha));
        return $"{alpha} / {(spec.UseRsLora ? "√" : "")}{Literal.Of(spec.Rank)} = {RuleTexts.Number(Math.Round(scaling, 4))}";
    }

    /// <summary>Uses names unless both sizes are known, because a shape of which only one half is known misleads.</summary>
    internal static (string Output, string Input) Sizes(PlannedLayer layer) =>
        layer is { Input: > 0, Output: > 0 } ? (RuleTexts.Number(layer.Output), RuleTexts.Number(layer.Input)) : ("out", "in");

    /// <summary>Formats the update that is added to the frozen product: <c>2 · B (A x)</c>.</summary>
    internal static string Product(LoraSpec spec, PlannedLayer layer)
    {
        string seen = spec.Dropout > 0 ? "dropout(x)" : "x";
        return $"{Factor(spec, layer)}{(spec.OwnBias ? "(" : "")}B (A {seen}){(spec.OwnBias ? " + b)" : "")}";
    }

    /// <summary>Formats the scaling before a product; empty for one.</summary>
    internal static string Factor(LoraSpec spec, PlannedLayer layer)
    {
        string scaling = RuleTexts.Number(Math.Round(spec.Scaling((LowRank)layer.Setting!), 4));
        return scaling == "1" ? "" : $"{scaling} · ";
    }

    private static string Pairs(IEnumerable<PatternEntry> entries, Func<double, string> value) =>
        "[" + string.Join(", ", entries.Select(entry => $"new({Literal.Of(entry.Key)}, {value(entry.Value)})")) + "]";
}
