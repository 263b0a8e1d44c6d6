using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using Peft.Declarative.Declaration;
using Peft.Declarative.Methods.PTuning;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>The config of P-tuning, as in adapter_config.json. The properties are those of <see cref="PTuningAttribute"/>.</summary>
public sealed record PTuningConfig : VirtualTokenConfig
{
    /// <inheritdoc/>
    public override string PeftType => PTuningFacts.Method.PeftType;

    /// <summary>The hidden width of the network, at least 1. The default is <see langword="null"/>: the width of the model's embeddings.</summary>
    public int? Hidden { get; init; }

    /// <summary>The kind of network. The default is a multilayer perceptron.</summary>
    public PromptEncoder Encoder { get; init; }

    /// <summary>The number of layers of the LSTM, at least 1. The default is 2.</summary>
    public int Layers { get; init; } = PTuningFacts.Layers;

    /// <summary>The dropout probability between the layers of the LSTM, from 0 (the default) to below 1.</summary>
    public double Dropout { get; init; }

    internal override MethodFacts Facts => PTuningFacts.Method;

    internal override IEnumerable<(string Argument, double? Value)> Numbers => [("tokens", Tokens), ("Hidden", Hidden), ("Layers", Layers), ("Dropout", Dropout)];

    private protected override void Write(JsonObject json)
    {
        base.Write(json);
        if (Source is null)
        {
            json["encoder_reparameterization_type"] = Encoder == PromptEncoder.Lstm ? "LSTM" : "MLP";
            json["encoder_hidden_size"] = Hidden ?? Width;
            json["encoder_num_layers"] = Layers;
            json["encoder_dropout"] = Dropout;
        }
    }
}
