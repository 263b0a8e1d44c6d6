using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;
using static TorchSharp.torch;

namespace Peft.Declarative;

/// <summary>P-tuning as adapter_config.json describes it. The properties are those of <see cref="PTuningAttribute"/>.</summary>
public sealed record PTuningConfig : VirtualTokenConfig
{
    /// <inheritdoc/>
    public override string PeftType => "P_TUNING";

    /// <summary>Width inside the network; null for the width of the model's vectors.</summary>
    public int? Hidden { get; init; }

    /// <summary>Which network makes the vectors.</summary>
    public PromptEncoder Encoder { get; init; }

    /// <summary>Layers of the LSTM.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Dropout between the layers of the LSTM.</summary>
    public double Dropout { get; init; }

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
