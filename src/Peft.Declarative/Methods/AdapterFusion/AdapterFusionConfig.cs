using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.AdapterFusion;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>
/// The config of a fusion, as in AdapterHub's adapter_fusion_config.json. The properties are those of <see cref="AdapterFusionAttribute"/>.
/// </summary>
public sealed record AdapterFusionConfig : AdapterConfig
{
    /// <inheritdoc/>
    public override string PeftType => AdapterFusionFacts.Method.PeftType;

    /// <summary>The names of two or more bottlenecks on the model.</summary>
    public required IReadOnlyList<string> Adapters { get; init; }

    /// <summary>Whether the query is projected. The default is <see langword="true"/>.</summary>
    public bool Query { get; init; } = true;

    /// <summary>Whether the keys, which are the outputs of the bottlenecks, are projected. The default is <see langword="true"/>.</summary>
    public bool Key { get; init; } = true;

    /// <summary>Whether the values, which are the outputs of the bottlenecks, are projected. The default is <see langword="true"/>.</summary>
    public bool Value { get; init; } = true;

    /// <summary>Whether the value matrices start as the identity. The default is <see langword="true"/>.</summary>
    public bool ValueInitialized { get; init; } = true;

    /// <summary>Whether the values are projected before they are combined, and not after. The default is <see langword="true"/>.</summary>
    public bool ValueBeforeSoftmax { get; init; } = true;

    /// <summary>Whether the query is taken before the base's norm. The default is <see langword="false"/>.</summary>
    public bool QueryBeforeNorm { get; init; }

    /// <summary>Whether the residual is part of the values, and not added afterwards. The default is <see langword="false"/>.</summary>
    public bool ResidualBefore { get; init; }

    /// <summary>Whether the training loss keeps the value matrices near the identity. The default is <see langword="true"/>.</summary>
    public bool Regularization { get; init; } = true;

    /// <summary>Whether the temperature of the attention starts at 50 and decreases. The default is <see langword="false"/>.</summary>
    public bool Temperature { get; init; }

    /// <summary>The dropout probability on the scores during training, from 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }

    /// <summary>The names of the adapters in the file; <see langword="null"/> for a fusion that was not loaded.</summary>
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

    internal override AdapterConfig CompletedFrom(AdapterConfig former) => this with { Adapters = ((AdapterFusionConfig)former).Adapters };

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
