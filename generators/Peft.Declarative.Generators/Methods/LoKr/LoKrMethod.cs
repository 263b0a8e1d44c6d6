using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Methods.LoHa;
using Peft.Declarative.Generators.Methods.Lora;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Methods.LoKr;

namespace Peft.Declarative.Generators.Methods.LoKr;

/// <summary>Low-rank adaptation by a Kronecker product of two small matrices, of which the second or both are low-rank products.</summary>
internal sealed class LoKrMethod : LycorisMethod<LoKrSpec>
{
    internal override MethodFacts Facts => LoKrFacts.Method;

    internal override IEnumerable<(string Field, string Value)> SavedFields(AdapterSpec adapter)
    {
        var spec = (LoKrSpec)adapter;
        return [.. base.SavedFields(adapter), ("decompose_both", Literal.Of(spec.DecomposeBoth)), ("decompose_factor", Literal.Of(spec.DecomposeFactor))];
    }

    internal override IEnumerable<(string End, long[] Shape)> SavedTensors(AdapterSpec adapter, PlannedLayer layer)
    {
        KroneckerShape? shape = Shape((LoKrSpec)adapter, layer);
        return shape is null ? [] : Tensors("lokr_w1", shape.First, shape.FirstRank).Concat(Tensors("lokr_w2", shape.Second, shape.SecondRank));
    }

    // The input as a matrix, between the factors: after W1, and before it where W2 is a product.
    internal override double Activations(AdapterSpec adapter, PlannedLayer layer)
    {
        if (Shape((LoKrSpec)adapter, layer) is not { } shape) return 0;
        double width = shape.SecondRank ?? shape.Second.Columns;
        return (width * shape.First.Rows) + (shape.SecondRank is null ? 0 : width * shape.First.Columns) + (width * (shape.FirstRank ?? 0));
    }

    protected override LoKrSpec Read(AttributeReader attribute, ParseContext context)
    {
        var declared = attribute.Value<LoKrAttribute>();
        var own = new LoKrSpec(attribute.Identity)
        {
            DecomposeFactor = declared.DecomposeFactor,
            DecomposeBoth = declared.DecomposeBoth,
            RankDropoutScale = declared.RankDropoutScale,
            Init = declared.Init,
        };
        return LycorisParser.Parse(own, attribute, context, ("DecomposeFactor", own.DecomposeFactor));
    }

    protected override long Trained(LoKrSpec spec, PlannedLayer layer) => Shape(spec, layer)!.Values;

    protected override string Parts(LoKrSpec spec, PlannedLayer layer)
    {
        if (Shape(spec, layer) is not { } shape) return $"W1 [l, m]   W2 [out / l, in / m]";
        return $"{Part('1', shape.First, shape.FirstRank)}   {Part('2', shape.Second, shape.SecondRank)}";
    }

    protected override string Change(LoKrSpec spec, PlannedLayer layer)
    {
        KroneckerShape? shape = Shape(spec, layer);
        return $"{(shape?.FirstRank is null ? "W1" : "(B1 A1)")} ⊗ {(shape?.SecondRank is null ? "W2" : "(B2 A2)")}";
    }

    protected override IEnumerable<string> ConfigSettings(LoKrSpec spec, TypeNames types)
    {
        foreach (string setting in base.ConfigSettings(spec, types)) yield return setting;
        if (spec.DecomposeFactor != LoKrFacts.MostSquare) yield return $"DecomposeFactor = {Literal.Of(spec.DecomposeFactor)}";
        if (spec.DecomposeBoth) yield return "DecomposeBoth = true";
        if (spec.RankDropoutScale) yield return "RankDropoutScale = true";
        if (spec.Init != default) yield return $"Init = {types["LoKrInit"]}.{spec.Init}";
    }

    protected override IEnumerable<string> OwnArguments(LoKrSpec spec, TypeNames types)
    {
        if (spec.DecomposeFactor != LoKrFacts.MostSquare) yield return $"decomposeFactor: {Literal.Of(spec.DecomposeFactor)}";
        if (spec.DecomposeBoth) yield return "decomposeBoth: true";
        if (spec.RankDropoutScale) yield return "rankDropoutScale: true";
        if (spec.Init != default) yield return $"init: {types["LoKrInit"]}.{spec.Init}";
    }

    /// <summary>The sizes of both matrices; <see langword="null"/> if those of the layer are not known, or a number is out of range.</summary>
    private static KroneckerShape? Shape(LoKrSpec spec, PlannedLayer layer) => layer is not { Input: > 0, Output: > 0 } ? null
        : KroneckerShape.Of(layer.Output, layer.Input, LowRank.Of(layer).Rank, spec.DecomposeFactor, spec.DecomposeBoth);

    private static IEnumerable<(string End, long[] Shape)> Tensors(string name, (long Rows, long Columns) sizes, int? rank) => rank is { } inner
        ? [(name + "_a", [sizes.Rows, inner]), (name + "_b", [inner, sizes.Columns])]
        : [(name, [sizes.Rows, sizes.Columns])];

    private static string Part(char index, (long Rows, long Columns) sizes, int? rank) => rank is { } inner
        ? $"A{index} [{Literal.Of(inner)}, {Size(sizes.Columns, "")}]   B{index} [{Size(sizes.Rows, "")}, {Literal.Of(inner)}]"
        : $"W{index} [{Size(sizes.Rows, "")}, {Size(sizes.Columns, "")}]";
}

/// <summary>A declared Kronecker product.</summary>
internal sealed record LoKrSpec(AdapterIdentity Identity) : LycorisSpec(Identity)
{
    public int DecomposeFactor { get; init; }

    public bool DecomposeBoth { get; init; }

    public bool RankDropoutScale { get; init; }

    public LoKrInit Init { get; init; }
}
