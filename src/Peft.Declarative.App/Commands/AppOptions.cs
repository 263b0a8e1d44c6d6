using System.CommandLine.Parsing;
using System.CommandLine;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.App.Commands;

/// <summary>Creates the options that several commands share.</summary>
internal static class AppOptions
{
    internal static Option<string> Model() => Existing("--model", "DIR", "Hugging Face model directory.", Directory.Exists, required: true);

    internal static Option<string> Adapter() => Existing("--adapter", "DIR", "Adapter directory to load onto the model.", Directory.Exists);

    internal static Option<string> Data(bool required = true) => Existing(
        "--data", "FILE", "Rows with 'text', or 'prompt' and 'completion', or 'messages', as JSON lines or Parquet; or plain text (.txt). "
            + "A folder or a pattern such as 'data/*.parquet' reads all its files.", DataExists, required);

    internal static Option<string> Evaluation() => Existing(
        "--evaluation", "FILE", "Held-out data for selecting the best adapter.", DataExists);

    internal static Option<string> Output(bool required = true) =>
        new("--output") { HelpName = "DIR", Description = "Directory for the result.", Required = required };

    internal static Option<string> Device()
    {
        var option = new Option<string>("--device")
        {
            HelpName = "DEVICE",
            Description = "cpu, cuda, or cuda:1 for the second device. Default: cuda if available.",
            DefaultValueFactory = _ => "auto",
        };
        option.Validators.Add(result =>
        {
            string text = result.GetValueOrDefault<string>();
            if (!IsDevice(text))
            {
                result.AddError($"--device is '{text}', but must be cpu, cuda, or cuda: and a number");
            }
        });
        return option;
    }

    internal static Option<int?> Seed() => new("--seed") { HelpName = "N", Description = "Random seed." };

    internal static Option<bool> Json() => new("--json") { Description = "Prints one JSON object instead of text." };

    /// <summary>An option for a number in a range.</summary>
    internal static Option<T?> Number<T>(string name, string help, T least, T? most = null)
        where T : struct, IComparable<T>
    {
        var option = new Option<T?>(name) { HelpName = "N", Description = help };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<T?>() is { } value && (value.CompareTo(least) < 0 || value.CompareTo(most ?? value) > 0))
            {
                result.AddError(most is { } limit
                    ? FormattableString.Invariant($"{name} is {value}, but must be from {least} to {limit}")
                    : FormattableString.Invariant($"{name} is {value}, but must be at least {least}"));
            }
        });
        return option;
    }

    /// <summary>The device for a validated argument.</summary>
    internal static Device Resolve(string text) => text == "auto"
        ? cuda.is_available() ? CUDA : CPU
        : text == "cpu" || cuda.is_available()
            ? device(text)
            : throw new PeftException(RuleIds.NoCudaDevice, $"--device is '{text}', but this libtorch finds no CUDA device. Use cpu, or a build with CUDA.");

    // A pattern is resolved when the data is read.
    private static bool DataExists(string path) => File.Exists(path) || Directory.Exists(path) || path.AsSpan().ContainsAny('*', '?');

    private static bool IsDevice(string text) =>
        text is "auto" or "cpu" or "cuda" || (text.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(text[5..], out int index) && index >= 0);

    private static Option<string> Existing(string name, string help, string description, Func<string, bool> exists, bool required = false)
    {
        var option = new Option<string>(name) { HelpName = help, Description = description, Required = required };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count == 1 && result.Tokens[0].Value is { } path && !exists(path))
            {
                result.AddError($"{name} '{path}' does not exist");
            }
        });
        return option;
    }
}
