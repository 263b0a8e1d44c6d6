using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.LoKr;

namespace Peft.Declarative;

/// <summary>
/// The config of low-rank adaptation by a Kronecker product, as in adapter_config.json: <c>y = W x + s · (W1 ⊗ W2) x</c>. The properties are those of
/// <see cref="LoKrAttribute"/>. Yeh et al. 2023, arXiv 2309.14859.
/// </summary>
public sealed record LoKrConfig : LycorisConfig
{
    private const string LycorisInit = "lycoris";

    /// <inheritdoc/>
    public override string PeftType => LoKrFacts.Method.PeftType;

    /// <summary>
    /// The size of <c>W1</c>: a divisor of the layer's sizes, or an upper limit of the divisor that is taken. −1 (the default) takes the most square split.
    /// </summary>
    public int DecomposeFactor { get; init; } = LoKrFacts.MostSquare;

    /// <summary>Whether <c>W1</c> is a low-rank product too, where that is smaller. The default is <see langword="false"/>.</summary>
    public bool DecomposeBoth { get; init; }

    /// <summary>
    /// Whether the rows that <see cref="LycorisConfig.RankDropout"/> keeps make up for the dropped ones. The default is <see langword="false"/>.
    /// </summary>
    public bool RankDropoutScale { get; init; }

    /// <summary>The initialization of the factors. The default starts at the base model.</summary>
    public LoKrInit Init { get; init; }

    internal override MethodFacts Facts => LoKrFacts.Method;

    internal override IEnumerable<(string Argument, double? Value)> Numbers =>
        [.. base.Numbers, ("DecomposeFactor", Source is null ? DecomposeFactor : null)];

    // A rank that is above the sizes of a layer has no tensor of its size.
    internal override IReadOnlyList<string> HarmlessSizes => ["r", "rank_pattern"];

    private protected override JsonNode InitText =>
        Init switch { LoKrInit.Lycoris => LycorisInit, LoKrInit.Random => false, _ => true };

    internal static LoKrConfig Read(ConfigJson file) => Read(file, new LoKrConfig
    {
        DecomposeFactor = file.Integer("decompose_factor", LoKrFacts.MostSquare),
        DecomposeBoth = file.Flag("decompose_both"),
        RankDropoutScale = file.Flag("rank_dropout_scale"),
    });

    // The rank is not in the shapes if both factors are trained as they are, but it is in the scaling.
    internal override IEnumerable<string> Conflicts(AdapterConfig file)
    {
        IEnumerable<string> others = base.Conflicts(file);
        return file is LoKrConfig other && other.Rank != Rank ? others.Append(FormattableString.Invariant($"its rank is {other.Rank}, not {Rank}")) : others;
    }

    private protected override void Write(JsonObject json)
    {
        base.Write(json);
        if (Source is null)
        {
            json["decompose_both"] = DecomposeBoth;
            json["decompose_factor"] = DecomposeFactor;
            json["rank_dropout_scale"] = RankDropoutScale;
        }
    }
}
