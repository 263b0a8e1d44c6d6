using Peft.Declarative.BaseModels;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Text.Errors;
using Peft.Declarative.Quantization;
using Peft.Declarative.Slots;
using static TorchSharp.torch;

namespace Peft.Declarative;

public abstract partial class PretrainedModel
{
    // What makes a directory of weights a model that others can load.
    private static readonly string[] Companions =
    [
        "config.json", "generation_config.json", "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
        "chat_template.jinja", "vocab.json", "merges.txt", "tokenizer.model",
    ];

    /// <summary>
    /// Writes a Hugging Face model directory: the base weights as they are now, merged adapters included and others not, with the config and the
    /// tokenizer of the directory that the model came from. Weights of 4 bits are written as such, under the names that bitsandbytes and transformers
    /// read; <see cref="Dequantize"/> before it makes a plain model.
    /// </summary>
    /// <param name="directory">Made if missing; not the directory that the model was read from.</param>
    /// <exception cref="PeftException">PEFT502: the files cannot be written, or would replace the ones that the model is reading.</exception>
    public void SaveModel(string directory)
    {
        string target = Path.GetFullPath(directory);
        if (Directory is not null && Path.GetFullPath(Directory) == target)
        {
            throw new PeftException(RuleIds.FileNotWritten,
                $"The model cannot be saved to '{directory}', which it is still reading its weights from. Choose another directory.");
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
            byte[] content = name == "config.json" ? QuantizationJson.Update(source, SlotTree.Layers(this)) : File.ReadAllBytes(source);
            files.Add((Path.Combine(target, name), stream => stream.Write(content)));
        }

        AtomicFile.WriteAll(files);
    }

    private Dictionary<string, Tensor> Weights()
    {
        Dictionary<string, Tensor> tensors = [];
        foreach (LayerSlot place in SlotTree.Layers(this))
        {
            if (place.Base?.Quantized is { } store)
            {
                foreach ((string name, Tensor value) in QuantizedFiles.Parts($"{place.Path}.weight", store.Weight))
                {
                    tensors[name] = value;
                }
            }
            else if (place.Base is { OwnsWeight: true } layer)
            {
                tensors[$"{place.Path}.weight"] = layer.weight;
            }

            if (place.Base?.bias is { } bias)
            {
                tensors[$"{place.Path}.bias"] = bias;
            }
        }

        return tensors;
    }
}
