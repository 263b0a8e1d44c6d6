using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.Poly;

namespace Peft.Declarative;

/// <summary>
/// The config of Polytropon, as in adapter_config.json: low-rank skills that the task of each row mixes. The properties are those of
/// <see cref="PolyAttribute"/>. Ponti et al. 2022, arXiv 2202.13914.
/// </summary>
public sealed record PolyConfig : LayerAdapterConfig
{
    private const string Router = "poly";   // the only one of the reference library

    /// <inheritdoc/>
    public override string PeftType => PolyFacts.Method.PeftType;

    /// <summary>The inner dimension of every skill, at least 1. The default is 8.</summary>
    public int Rank { get; init; } = PolyFacts.Rank;

    /// <summary>The number of tasks, at least 1. The default is 1.</summary>
    public int Tasks { get; init; } = PolyFacts.Tasks;

    /// <summary>The number of skills of every layer, at least 1. The default is 4.</summary>
    public int Skills { get; init; } = PolyFacts.Skills;

    /// <summary>The number of parts into which the features of a layer are split, at least 1. The default is 1.</summary>
    public int Splits { get; init; } = PolyFacts.Splits;

    /// <summary>The initialization of the skills. The default starts at the base model.</summary>
    public PolyInit Init { get; init; }

    internal override MethodFacts Facts => PolyFacts.Method;

    internal override IEnumerable<(string Argument, double? Value)> Numbers => [("rank", Rank), ("tasks", Tasks), ("skills", Skills), ("splits", Splits)];

    internal override int? TaskCount => Tasks;

    internal override bool SavesFrozenTensors => true;

    private protected override bool FileHasBlocks => false;

    internal static PolyConfig Read(ConfigJson file)
    {
        string router = file.Text("poly_type") ?? Router;
        return router != Router ? throw file.Wrong("poly_type", $"\"{Router}\"") : file.Layers(new PolyConfig
        {
            Rank = AtLeastOne("r", PolyFacts.Rank),
            Tasks = AtLeastOne("n_tasks", PolyFacts.Tasks),
            Skills = AtLeastOne("n_skills", PolyFacts.Skills),
            Splits = AtLeastOne("n_splits", PolyFacts.Splits),
        });

        int AtLeastOne(string field, int fallback) => file.Integer(field, fallback) is > 0 and var size ? size : throw file.Wrong(field, "at least 1");
    }

    private protected override JsonObject Defaults()
    {
        JsonObject json = CommonDefaults();
        json["poly_type"] = Router;
        return json;
    }

    private protected override void Write(JsonObject json)
    {
        base.Write(json);
        if (Source is null)
        {
            json["r"] = Rank;
            json["n_tasks"] = Tasks;
            json["n_skills"] = Skills;
            json["n_splits"] = Splits;
            json["init_weights"] = Init != PolyInit.Random;
        }
    }
}
