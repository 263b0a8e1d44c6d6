using Peft.Declarative.Declaration;
using Peft.Declarative.Generators.Emit;
using Peft.Declarative.Generators.Methods.Lora;
using Peft.Declarative.Generators.Model;
using Peft.Declarative.Generators.Parse;
using Peft.Declarative.Generators.Plan;
using Peft.Declarative.Methods.LoHa;

namespace Peft.Declarative.Generators.Methods.LoHa;

/// <summary>Low-rank adaptation by a Hadamard product: two low-rank products, multiplied element by element.</summary>
internal sealed class LoHaMethod : LycorisMethod<LoHaSpec>
{
    private const int Products = 2;

    internal override MethodFacts Facts => LoHaFacts.Method;

    internal override IEnumerable<(string End, long[] Shape)> SavedTensors(AdapterSpec adapter, PlannedLayer layer)
    {
        int rank = LowRank.Of(layer).Rank;
        return
        [
            ("hada_w1_a", [layer.Output, rank]), ("hada_w1_b", [rank, layer.Input]), ("hada_w2_a", [layer.Output, rank]), ("hada_w2_b", [rank, layer.Input]),
        ];
    }

    // The inner dimension of the product that equals the Hadamard product. Above it, the run time makes a matrix of the weight's size instead.
    internal override double Activations(AdapterSpec adapter, PlannedLayer layer)
    {
        double rank = LowRank.Of(layer).Rank;
        return rank * rank * (layer.Input + layer.Output) <= (double)layer.Input * layer.Output ? rank * rank : 0;
    }

    protected override LoHaSpec Read(AttributeReader attribute, ParseContext context) =>
        LycorisParser.Parse(new LoHaSpec(attribute.Identity) { Init = attribute.Value<LoHaAttribute>().Init }, attribute, context);

    protected override void Check(LoHaSpec spec, LayerSelectionPlan selection, PlanContext context) =>
        LoraChecks.CheckRanks(spec, spec.Patterns(), (spec.Rank, spec.RankPattern), selection.Selected, context, Products);

    protected override long Trained(LoHaSpec spec, PlannedLayer layer) => Products * LowRank.Of(layer).Rank * (layer.Input + layer.Output);

    protected override string Parts(LoHaSpec spec, PlannedLayer layer)
    {
        (string output, string input) = LoraText.Sizes(layer);
        string rank = Literal.Of(LowRank.Of(layer).Rank);
        return $"A1, A2 [{rank}, {input}]   B1, B2 [{output}, {rank}]";
    }

    protected override string Change(LoHaSpec spec, PlannedLayer layer) => "(B1 A1) ∘ (B2 A2)";

    protected override IEnumerable<string> ConfigSettings(LoHaSpec spec, TypeNames types) => base.ConfigSettings(spec, types).Concat(Init(spec, types, "Init ="));

    protected override IEnumerable<string> OwnArguments(LoHaSpec spec, TypeNames types) => Init(spec, types, "init:");

    private static IEnumerable<string> Init(LoHaSpec spec, TypeNames types, string argument) =>
        spec.Init == default ? [] : [$"{argument} {types["LoHaInit"]}.{spec.Init}"];
}

/// <summary>A declared Hadamard product of low-rank products.</summary>
internal sealed record LoHaSpec(AdapterIdentity Identity) : LycorisSpec(Identity)
{
    public LoHaInit Init { get; init; }
}
