using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Peft.Declarative.Benchmarks.Training;
using Peft.Declarative.Models;

namespace Peft.Declarative.Benchmarks.Personas;

/// <summary>
/// A server with 32 personas: 32 streams at once against one after another, and against the library alone with one active adapter at a time, in turns. A further
/// round has a long prompt among the short ones.
/// </summary>
internal static class ServerBenchmark
{
    private const int Streams = 32;
    private const int NewTokens = 48;
    private const int LongPrompt = 1_500;
    private const string Prompt = "Once upon a time there was a small ship that sailed to the far end of the sea";

    /// <param name="rounds">The number of rounds.</param>
    internal static async Task RunAsync(int rounds)
    {
        using var folder = new ServedFolder(
            BenchmarkModel.Shape, Streams, new LoraConfig { Rank = 8, Alpha = 16, Targets = [LayerAdapterAttribute.AllLinear], Init = LoraInit.Random });
        (WebApplication app, HttpClient http) = await folder.StartAsync();
        await using (app)
        using (http)
        {
            using LlamaForCausalLM model = LlamaForCausalLM.FromPretrained(folder.Model);
            model.Adapters.LoadAll(folder.Adapters);
            Tokenizer tokenizer = Tokenizer.Load(folder.Model);
            var generator = new TextGenerator(model, tokenizer);
            string longPrompt = string.Concat(Enumerable.Repeat(Prompt + ". ", LongPrompt / tokenizer.Encode(Prompt + ". ").Count));

            await AtOnceAsync(http, null);
            List<(double Wall, double Processor)> atOnce = [], oneByOne = [], switching = [];
            List<double> first = [], firstBesideLong = [];
            for (int round = 0; round < rounds; round++)
            {
                oneByOne.Add(await SpeedAsync(async () =>
                {
                    for (int i = 0; i < Streams; i++)
                    {
                        await StreamAsync(http, i, Prompt);
                    }
                }));
                atOnce.Add(await SpeedAsync(async () => first.AddRange(await AtOnceAsync(http, null))));
                switching.Add(await SpeedAsync(() =>
                {
                    for (int i = 0; i < Streams; i++)
                    {
                        model.Adapters.Activate(ServedFolder.Name(i));
                        generator.Complete(Prompt, new GenerationOptions { MaxNewTokens = NewTokens });
                    }

                    return Task.CompletedTask;
                }));
                firstBesideLong.AddRange(await AtOnceAsync(http, longPrompt));
            }

            Console.WriteLine($"server, {Streams} streams of {NewTokens} tokens, each of its own persona");
            Row("one after another", oneByOne, oneByOne);
            Row("one active adapter", switching, oneByOne);
            Row("at once", atOnce, oneByOne);
            Console.WriteLine(Invariant($"first token of {Streams} at once: p50 {At(first, 0.5):F0} ms, p99 {At(first, 0.99):F0} ms; beside a prompt of {LongPrompt} tokens: p50 {At(firstBesideLong, 0.5):F0} ms, p99 {At(firstBesideLong, 0.99):F0} ms"));
        }
    }

    // Time of the processor is that of client and server, and tells more where other programs take it.
    private static void Row(string name, List<(double Wall, double Processor)> speeds, List<(double Wall, double Processor)> baseline) => Console.WriteLine(Invariant(
        $"{name,-20} {At([.. speeds.Select(speed => speed.Wall)], 0.5),8:F0} tokens/s {At([.. speeds.Zip(baseline, (speed, one) => speed.Wall / one.Wall)], 0.5),6:F2}")
        + Invariant($" {At([.. speeds.Select(speed => speed.Processor)], 0.5),8:F0} tokens/s of processor {At([.. speeds.Zip(baseline, (speed, one) => speed.Processor / one.Processor)], 0.5),6:F2}"));

    /// <summary>The time to the first token of each short prompt, in milliseconds.</summary>
    private static async Task<double[]> AtOnceAsync(HttpClient http, string? longPrompt)
    {
        Task other = longPrompt is null ? Task.CompletedTask : StreamAsync(http, 0, longPrompt);
        double[] times = await Task.WhenAll(Enumerable.Range(0, longPrompt is null ? Streams : Streams - 1).Select(i => StreamAsync(http, i, Prompt)));
        await other;
        return times;
    }

    private static async Task<double> StreamAsync(HttpClient http, int persona, string prompt)
    {
        var watch = Stopwatch.StartNew();
        using var request = new HttpRequestMessage(HttpMethod.Post, "v1/completions")
        {
            Content = JsonContent.Create(new { model = ServedFolder.Name(persona), prompt, max_tokens = NewTokens, temperature = 0, stream = true }),
        };
        using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        response.EnsureSuccessStatusCode();
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync());
        await reader.ReadLineAsync();
        double first = watch.Elapsed.TotalMilliseconds;
        await reader.ReadToEndAsync();
        return first;
    }

    private static async Task<(double Wall, double Processor)> SpeedAsync(Func<Task> run)
    {
        var watch = Stopwatch.StartNew();
        TimeSpan before = Environment.CpuUsage.TotalTime;
        await run();
        return (Streams * NewTokens / watch.Elapsed.TotalSeconds, Streams * NewTokens / (Environment.CpuUsage.TotalTime - before).TotalSeconds);
    }

    private static double At(List<double> values, double share) => values.Order().ElementAt(Math.Min(values.Count - 1, (int)(values.Count * share)));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
