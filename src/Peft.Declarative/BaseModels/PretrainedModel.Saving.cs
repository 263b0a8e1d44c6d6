using System.Text.Json;
using System.Text.Json.Nodes;
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
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };

    /// <summary>
    /// Writes a Hugging Face model directory with the current base weights, and with every small file of the directory from which the model was loaded:
    /// configuration, tokenizer, chat templates, model card. Merged adapters are part of the weights; other adapters are not written. 4-bit weights are written in the format of bitsandbytes and
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
        CheckpointErrors.RequireTarget(directory);
        using ModelUse.Use use = Adapters.Use.Compute();
        string target = Path.GetFullPath(directory);
        if (Directory is not null && (Path.GetFullPath(Directory) == target || SameDirectory.Are(target, Directory)))
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
        foreach ((string name, string source) in Directory is null ? [] : CompanionFiles.In(Directory, target))
        {
            files.Add((Path.Combine(target, name), name == "config.json"
                ? stream => stream.Write(ConfigOf(source))
                : stream => Copy(source, stream)));
        }

        AtomicFile.WriteAll(files);
    }

    private static void Copy(string source, Stream target)
    {
        using FileStream stream = RegularFile.OpenAsIs(source);
        stream.CopyTo(target);
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
                tensors[$"{slot.Path}.weight"] = layer.BaseWeight;   // an adapter can show another one instead
            }

            if (slot.Base?.BaseBias is { } bias)
            {
                tensors[$"{slot.Path}.bias"] = bias;
            }
        }

        return tensors;
    }
}
