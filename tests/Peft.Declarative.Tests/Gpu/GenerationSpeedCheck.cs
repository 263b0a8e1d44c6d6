using System.Diagnostics;
using System.Globalization;
using Peft.Declarative.Models;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Gpu;

/// <summary>Greedy generation with the base in bfloat16: tokens per second of one row and of sixteen.</summary>
internal static class GenerationSpeedCheck
{
    private const int Prompt = 16;

    internal static string Run(DeviceCheckOptions options)
    {
        using LlamaForCausalLM model = TrainingSpeedCheck.Model(options, _ => { });
        model.eval();
        return $"{Speed(model, options, rows: 1)} for 1 row, {Speed(model, options, rows: 16)} for 16";
    }

    private static string Speed(LlamaForCausalLM model, DeviceCheckOptions options, int rows)
    {
        int tokens = options.IsRehearsal ? 4 : 128;
        using DisposeScope scope = NewDisposeScope();
        Tensor ids = randint(3, options.Shape.VocabularySize, [rows, Prompt], dtype: ScalarType.Int64).to(options.Device);
        var generator = new TextGenerator(model);
        generator.Generate(ids, options: new GenerationOptions { MaxNewTokens = 2 });
        options.Synchronize();
        long start = Stopwatch.GetTimestamp();
        generator.Generate(ids, options: new GenerationOptions { MaxNewTokens = tokens, MinNewTokens = tokens });
        options.Synchronize();
        return string.Create(CultureInfo.InvariantCulture, $"{rows * tokens / Stopwatch.GetElapsedTime(start).TotalSeconds:F0} tokens/s");
    }
}
