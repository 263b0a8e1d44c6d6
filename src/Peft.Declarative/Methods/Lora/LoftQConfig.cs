using System.Text.Json.Nodes;
using Peft.Declarative.Adapters;

namespace Peft.Declarative.Methods.Lora;

/// <summary>The fields of adapter_config.json for LoftQ: <c>init_lora_weights</c> and <c>loftq_config</c>.</summary>
internal static class LoftQConfig
{
    private const string Init = "init_lora_weights";
    private const string Field = "loftq_config";
    private const string Bits = "loftq_bits";
    private const string Iterations = "loftq_iter";

    internal static LoraConfig Read(ConfigJson file, LoraConfig config)
    {
        if (!file.IsText(Init) || file.Text(Init) != "loftq")
        {
            return config;
        }

        var settings = new ConfigJson(file.Json[Field] as JsonObject ?? [], "adapter_config.json");
        int bits = settings.Integer(Bits, 4);
        int iterations = settings.Integer(Iterations, 1);
        return bits is not (4 or 8) ? throw settings.Wrong(Bits, "4 or 8")
            : iterations < 1 ? throw settings.Wrong(Iterations, "at least 1")
            : config with { Init = LoraInit.LoftQ, LoftQBits = bits, LoftQIterations = iterations };
    }

    internal static void Write(LoraConfig config, JsonObject json)
    {
        if (config.Init == LoraInit.LoftQ)
        {
            json[Init] = "loftq";
            json[Field] = new JsonObject { [Bits] = config.LoftQBits, [Iterations] = config.LoftQIterations };
        }
    }

    /// <summary>How a dense base is stored for an adapter that starts with LoftQ.</summary>
    internal static QuantizationSettings Settings(LoraConfig config) =>
        new(config.LoftQBits == 4 ? QuantizationType.Nf4 : QuantizationType.Dynamic8) { DoubleQuantization = false };
}
