using System.Text.Json.Nodes;
using System.Text.Json;
using Peft.Declarative.Adapters;
using Peft.Declarative.BaseModels;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Quantization;
using Peft.Declarative.Slots;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative;

public abstract partial class PretrainedModel
{
    // The files besides the weights that other libraries need to load a model.
    private static readonly string[] Companions =
    [
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "chat_template.jinja", "vocab.json", "merges.txt", "tokenizer.model",
    ];

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>
    /// Writes a Hugging Face model directory with the current base weights, and with the configuration and tokenizer of the directory from which the model
    /// was loaded. Merged adapters are part of the weights; other adapters are not written. 4-bit weights are written in the format of bitsandbytes and
    /// transformers; call <see cref="Dequantize"/> first to write dense weights.
    /// </summary>
    /// <param name="directory">
    /// The directory. It is created if it does not exist. It must not be the directory from which the model was loaded.
    /// </param>
    /// <exception cref="PeftException">PEFT502: the files cannot be written, or would replace the files that the model uses.</exception>
    /// <example>
    /// <code>
    /// model.Merge();
    /// model.SaveModel("models/persona");   // loads with FromPretrained and with transformers
    /// </code>
    /// </example>
    public void SaveModel(string directory)
    {
        using ModelUse.Use use = Adapters.Use.Compute();
        string target = Path.GetFullPath(directory);
        if (Directory is not null && Path.GetFullPath(Directory) == target)
        {
            throw new PeftException(RuleIds.FileNotWritten,
                $"The model cannot be saved to '{directory}', because its weights are mapped from that directory. Choose another directory.");
        }

        using DisposeScope scope = NewDisposeScope();
        string weights = Path.Combine(target, ModelDirectory.WeightsName);
        List<(string Path, Action<Stream> Write)> files =
        [
            (weights, SafetensorsWriter.To(weights, Weights(), new Dictionary<string, string> { ["format"] = "pt" })),
        ];
        foreach (string name in Companions.Where(name => Directory is not null && File.Exists(Path.Combine(Directory, name))))
        {
            string source = Path.Combine(Directory!, name);
            byte[] content = name == "config.json" ? ConfigOf(source) : File.ReadAllBytes(source);
            files.Add((Path.Combine(target, name), stream => stream.Write(content)));
        }

        AtomicFile.WriteAll(files);
    }

    private byte[] ConfigOf(string source)
    {
        byte[] content = QuantizationJson.Update(source, SlotTree.Layers(this));
        if (_originalVocabulary is null || JsonNode.Parse(content) is not JsonObject config)
        {
            return content;
        }

        config["vocab_size"] = Config.VocabularySize;
        return JsonSerializer.SerializeToUtf8Bytes(config, Indented);
    }

    private Dictionary<string, Tensor> Weights()
    {
        Dictionary<string, Tensor> tensors = [];
        foreach (LayerSlot slot in SlotTree.Layers(this))
        {
            if (slot.Base?.Quantized is { } store)
            {
                foreach ((string name, Tensor value) in QuantizedFiles.Parts($"{slot.Path}.weight", store.Weight))
                {
                    tensors[name] = value;
                }
            }
            else if (slot.Base is { OwnsWeight: true } layer)
            {
                tensors[$"{slot.Path}.weight"] = layer.BaseWeight;   // an adapter can show another one in its place
            }

            if (slot.Base?.BaseBias is { } bias)
            {
                tensors[$"{slot.Path}.bias"] = bias;
            }
        }

        return tensors;
    }
}
