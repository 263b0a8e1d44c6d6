using System.Text.Json.Nodes;

namespace Peft.Declarative.Tests.Methods.PTuning;

/// <summary>The attribute that says what a P-tuning file says.</summary>
internal static class PTuningDeclaration
{
    internal static string Of(JsonObject config, IEnumerable<string> keys)
    {
        string encoder = config["encoder_reparameterization_type"]!.GetValue<string>() == "LSTM" ? "Lstm" : "Mlp";
        string ofLstm = encoder == "Lstm"   // a perceptron has three layers and no dropout
            ? $", Layers = {config["encoder_num_layers"]}, Dropout = {config["encoder_dropout"]!.ToJsonString()}"
            : "";
        return $"PTuning(tokens: {config["num_virtual_tokens"]}, Hidden = {config["encoder_hidden_size"]}, Encoder = PromptEncoder.{encoder}{ofLstm})";
    }
}
