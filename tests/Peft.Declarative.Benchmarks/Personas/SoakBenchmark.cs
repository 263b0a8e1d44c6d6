using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Peft.Declarative.Benchmarks.Training;
using Peft.Declarative.Layers;
using Peft.Declarative.Models;
using Peft.Declarative.Native;
using Peft.Declarative.Serving.Tests;
using static TorchSharp.torch;

namespace Peft.Declarative.Benchmarks.Personas;

/// <summary>
/// A server of twelve personas under requests of all kinds: whether its memory and tensors stay as they are after the first half, and whether every answer is
/// that of its persona. First with all of them in memory, then with half of them, so that adapters come and go. The code that .NET makes of its methods, again
/// and again of those that are called often, is told by itself: it grows for thousands of requests, however little else does.
/// </summary>
internal static class SoakBenchmark
{
    private const int Personas = 12;
    private const int Samples = 8;
    private const int AtOnce = 24;
    private const int Tokens = 12;
    private const int MaxBody = 8_192;

    private static readonly string[] Prompts =
    [
        "Once", "Lily saw a big ball and Tom saw a", "One day Tom and Lily and a big cat went to the park. They saw a bird and a",
        "One day Tom and Lily and a big cat went to the sea. The sun was hot, and the wind was",
    ];

    internal static readonly LlamaConfig Shape = BenchmarkModel.Shape with
    {
        HiddenSize = 128, IntermediateSize = 256, HeadCount = 4, KeyValueHeadCount = 4, HeadSize = 32, LayerCount = 2,
        Rotary = new RotaryEmbedding(RotaryEmbedding.Frequencies(width: 32)),
    };

    /// <param name="requests">The number of requests, half of them with all personas in memory.</param>
    internal static async Task RunAsync(int requests)
    {
        using var folder = new ServedFolder(Shape, Personas, new LoraConfig { Rank = 8, Alpha = 256, Targets = [LayerAdapterAttribute.AllLinear], Init = LoraInit.Random });
        File.WriteAllText(Path.Combine(folder.Adapters, "sailor.txt"), "Tom was a sailor. He loved the sea and the wind, and he told of a big ship.");
        Dictionary<(string Persona, string Prompt), string> expected = await AloneAsync(folder);
        Say($"{expected.Count} expected answers, {expected.Select(entry => (entry.Key.Prompt, entry.Value)).Distinct().Count()} different");

        await StageAsync(folder, expected, requests / 2, Personas);
        await StageAsync(folder, expected, requests / 2, Personas / 2);
    }

    private static async Task StageAsync(ServedFolder folder, Dictionary<(string Persona, string Prompt), string> expected, int requests, int resident)
    {
        Say($"{resident} of {Personas} personas in memory");
        long bytes = new DirectoryInfo(Path.Combine(folder.Adapters, ServedFolder.Name(0))).EnumerateFiles("*.safetensors").Sum(file => file.Length);
        (WebApplication app, HttpClient http) = await folder.StartAsync(options =>
            (options.MaxBodyBytes, options.MaxRows, options.AdapterMemory, options.PromptMemory) = (MaxBody, 16, bytes * resident, 4 << 20));
        await using (app)
        using (http)
        {
            var traffic = new Traffic(http, expected, MaxBody, Tokens);
            int first = requests / 2, each = (requests - first) / Samples;
            await traffic.RunAsync(0, first, AtOnce);
            (long memory, long code, long tensors) = await SampleAsync(traffic, http);
            Say($"after {first} requests: {memory / 1048576.0:F1} MiB resident and {code / 1048576.0:F1} MiB of code, {tensors} tensors");
            var watch = Stopwatch.StartNew();
            for (int sample = 0; sample < Samples; sample++)
            {
                await traffic.RunAsync(first + (each * sample), each, AtOnce);
                (long now, long codeNow, long live) = await SampleAsync(traffic, http);

                // Each parameter adds one to the count for ever, so it says nothing where adapters come and go.
                string count = resident == Personas ? $"{live - tensors} more tensors" : "";
                Say($"after {each * (sample + 1)} more: {now / 1048576.0:F1} MiB ({(now / (double)memory) - 1:+0.0%;-0.0%;0.0%}) and {codeNow / 1048576.0:F1} MiB of code {count}");
            }

            Say($"{each * Samples / watch.Elapsed.TotalSeconds:F0} requests/s; {string.Join(", ", traffic.Outcomes.OrderBy(entry => entry.Key).Select(entry => $"{entry.Key} {entry.Value}"))}; wrong: {traffic.Wrong.Count}");
            foreach (string wrong in traffic.Wrong.Take(10))
            {
                Console.WriteLine(wrong);
            }
        }
    }

    // One request at a time, on a server that keeps nothing.
    private static async Task<Dictionary<(string Persona, string Prompt), string>> AloneAsync(ServedFolder folder)
    {
        (WebApplication app, HttpClient http) = await folder.StartAsync(options => (options.MaxRows, options.PromptMemory) = (1, 0));
        await using (app)
        using (http)
        {
            Dictionary<(string Persona, string Prompt), string> expected = [];
            foreach (string persona in Enumerable.Range(0, Personas).Select(ServedFolder.Name).Append("sailor").Append("base"))
            {
                foreach (string prompt in Prompts)
                {
                    using HttpResponseMessage response = await http.PostAsJsonAsync("v1/completions", new { model = persona, prompt, max_tokens = Tokens, temperature = 0 });
                    expected[(persona, prompt)] = JsonNode.Parse(await response.Content.ReadAsStringAsync())!["choices"]![0]!["text"]!.GetValue<string>();
                }
            }

            return expected;
        }
    }

    // The same requests one after another bring the pool and the kept prompts into one state.
    private static async Task<(long Memory, long Code, long Tensors)> SampleAsync(Traffic traffic, HttpClient http)
    {
        await traffic.ProbeAsync();
        while (JsonNode.Parse(await http.GetStringAsync("health"))!["running"]!.GetValue<int>() > 0)
        {
            await Task.Delay(10);
        }

        GC.Collect();
        GC.WaitForPendingFinalizers();

        // Otherwise what is free in both heaps comes and goes.
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        HeapSettings.ReturnFreedMemory();
        long code = Code();
        return (Environment.WorkingSet - code, code, Tensor.TotalCount);
    }

    // .NET shares the memory of compiled methods between a writable and an executable view, and nothing else of this process is shared.
    private static long Code() => OperatingSystem.IsLinux()
        ? 1024 * File.ReadLines("/proc/self/status").Where(line => line.StartsWith("RssShmem:", StringComparison.Ordinal)).Select(line => long.Parse(line.Split()[^2], CultureInfo.InvariantCulture)).Single()
        : 0;

    private static void Say(FormattableString text) => Console.WriteLine(text.ToString(CultureInfo.InvariantCulture));
}
