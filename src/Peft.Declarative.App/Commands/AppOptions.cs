using System.CommandLine;
using System.Globalization;
using Peft.Declarative.Checkpoints;
using Peft.Declarative.Text.Errors;
using static TorchSharp.torch;

namespace Peft.Declarative.App.Commands;

/// <summary>Creates the options that several commands share.</summary>
internal static class AppOptions
{
    internal static Option<string> Model() => Folder("--model", "Hugging Face model directory.", required: true, MistakenDirectory.ForModel);

    internal static Option<string> Adapter() => Folder("--adapter", "Adapter directory to load onto the model.", required: false, _ => null);

    internal static Option<string> Adapters() => Folder("--adapters", "Folder whose subfolders are adapters, each served under its name.", required: false, _ => null);

    internal static Option<string> Data(bool required = true) => ValueOption.Text(
        "--data", "FILE", "Rows with 'text', or 'prompt' and 'completion', or 'messages', as JSON lines or Parquet; or plain text (.txt). "
            + "A folder or a pattern such as 'data/*.parquet' reads all its files.", required, DataProblem);

    internal static Option<string> Evaluation() => ValueOption.Text(
        "--evaluation", "FILE", "Held-out data for selecting the best adapter.", required: false, DataProblem);

    internal static Option<string> Output() => ValueOption.Text(
        "--output", "DIR", "Directory for the result.", required: true, path => path.Length == 0 ? "names no directory" : File.Exists(path) ? IsFile(path) : null);

    internal static Option<bool> Overwrite() => new("--overwrite") { Description = "Replaces what an earlier command has written to the output directory." };

    internal static Option<string> Device()
    {
        Option<string> option = ValueOption.Text(
            "--device", "DEVICE", "cpu, cuda, or cuda:1 for the second device. Default: cuda if available.", required: false,
            text => IsDevice(text) ? null : $"is '{text}', but must be cpu, cuda, or cuda: and a number");
        option.DefaultValueFactory = _ => "auto";
        return option;
    }

    internal static Option<int?> Seed() => ValueOption.Number<int>("--seed", "Random seed.");

    internal static Option<bool> Json() => new("--json") { Description = "Prints one JSON object instead of text." };

    /// <summary>The device for a validated argument.</summary>
    internal static Device Resolve(string text) => text == "auto"
        ? cuda.is_available() ? CUDA : CPU
        : text == "cpu" || cuda.is_available()
            ? device(text)
            : throw new PeftException(RuleIds.NoCudaDevice, $"--device is '{text}', but this libtorch finds no CUDA device. Use cpu, or a build with CUDA.");

    private static string? DataProblem(string path) =>
        File.Exists(path) || Directory.Exists(path) || path.AsSpan().ContainsAny('*', '?') ? null : IsMissing(path);   // a pattern is resolved when the data is read

    private static Option<string> Folder(string name, string description, bool required, Func<string, string?> remark) => ValueOption.Text(
        name, "DIR", description, required, path => Directory.Exists(path) ? null
            : File.Exists(path) ? IsFile(path)
            : remark(path) is { } more ? $"{IsMissing(path)}. {more.TrimEnd('.')}"
            : IsMissing(path));

    private static string IsFile(string path) => $"'{path}' is a file, but must be a directory";

    private static string IsMissing(string path) => $"'{path}' does not exist";

    private static bool IsDevice(string text) =>
        text is "auto" or "cpu" or "cuda"
        || (text.StartsWith("cuda:", StringComparison.Ordinal) && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out _));
}
