using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.AdapterFusion;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>A fusion of bottlenecks, as AdapterHub's adapter_fusion_config.json describes it. The properties are those of <see cref="AdapterFusionAttribute"/>.</summary>
public sealed record AdapterFusionConfig : AdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => "fusion";

    /// <summary>Names of two or more bottlenecks on this model.</summary>
    public required IReadOnlyList<string> Adapters { get; init; }

    /// <summary>Whether the question is projected; yes unless set.</summary>
    public bool Query { get; init; } = true;

    /// <summary>Whether what the adapters make is projected to be compared with the question; yes unless set.</summary>
    public bool Key { get; init; } = true;

    /// <summary>Whether what the adapters make is projected to be blended; yes unless set.</summary>
    public bool Value { get; init; } = true;

    /// <summary>Whether the value projections start as the identity; yes unless set.</summary>
    public bool ValueInitialized { get; init; } = true;

    /// <summary>Whether values are projected before they are blended, and not after; yes unless set.</summary>
    public bool ValueBeforeSoftmax { get; init; } = true;

    /// <summary>Whether the question is asked before the base's norm; no unless set.</summary>
    public bool QueryBeforeNorm { get; init; }

    /// <summary>Whether the residual is a part of what is blended, and not added afterwards; no unless set.</summary>
    public bool ResidualBefore { get; init; }

    /// <summary>Whether the training loss keeps the value projections near the identity; yes unless set.</summary>
    public bool Regularization { get; init; } = true;

    /// <summary>Whether the temperature of the attention starts at 50 and falls; no unless set.</summary>
    public bool Temperature { get; init; }

    /// <summary>Dropout probability on the scores while training, from 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>What the file calls the adapters; null for a fusion that was made here.</summary>
    internal IReadOnlyList<string>? FileNames { get; init; }

    internal override MethodFacts Facts => AdapterFusionFacts.Method;

    internal override IEnumerable<(string Argument, double? Value)> Numbers => [("Dropout", Dropout)];

    internal override bool IsAdapterHub => true;

    internal override IReadOnlyList<string> Members => Adapters;

    internal override AdapterConfig Resolve(Adapter adapter, nn.Module model)
    {
        var known = (AdapterFusionConfig)base.Resolve(adapter, model);
        if (known.FileNames is not null || adapter.Owner is not { } set)
        {
            return known;
        }

        string[] names = [.. Adapters.Select(name => set[name].AdapterHubName ?? name)];
        return known with { FileNames = names, Hub = known.Hub! with { Name = string.Join(',', names) } };
    }

    internal override AdapterConfig InPlaceOf(AdapterConfig former) => this with { Adapters = ((AdapterFusionConfig)former).Adapters };

    internal override JsonObject AdapterHubFile()
    {
        JsonObject file = base.AdapterHubFile();
        file["adapter_names"] = ConfigJson.Array(FileNames);
        return file;
    }

    internal override JsonObject AdapterHubSettings() => AdapterFusionSettings.Write(this);

    internal override IEnumerable<string> Conflicts(AdapterConfig file) =>
        file is AdapterFusionConfig fusion ? AdapterFusionSettings.Conflicts(this, fusion) : base.Conflicts(file);
}
