using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Peft.Declarative.Native;

/// <summary>
/// What is faster on this machine, in a small file of the user. A measurement can end otherwise beside a neighbour, and a choice between two ways to compute
/// changes results, so all processes of a machine that compute alike use the answer of the first. A file that cannot be read or written is passed over.
/// </summary>
internal sealed class MachineAnswers(string? path, string machine)
{
    /// <summary>The name of the environment variable for the folder of the file, or <c>off</c> for none.</summary>
    internal const string FolderVariable = "PEFT_CACHE";

    private const int MostBytes = 64 * 1024;   // another program can have written there
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly JsonDocumentOptions Unique = new() { AllowDuplicateProperties = false };
    private static readonly Lock Gate = new();

    /// <summary>The path of the file; <see langword="null"/> if nothing is kept.</summary>
    internal string? Path { get; } = path;

    /// <summary>What the answers are about: a processor, its threads, and the versions of what computes on it.</summary>
    internal string Machine { get; } = machine;

    /// <summary>The answers in the folder of the user.</summary>
    internal static MachineAnswers OfUser { get; } = new(PathOfUser(), ThisMachine());

    /// <summary>The answer of an earlier process, or else that of a measurement, which is kept.</summary>
    /// <param name="question">Names what is asked.</param>
    /// <param name="measure">Measures it.</param>
    internal bool Ask(string question, Func<bool> measure)
    {
        if (Find(question) is { } known)
        {
            return known;
        }

        bool answer = measure();
        Keep(question, answer);
        return answer;
    }

    /// <summary>The answer of an earlier process; <see langword="null"/> if there is none.</summary>
    /// <param name="question">Names what is asked.</param>
    internal bool? Find(string question) =>
        Read()[Machine] is JsonObject own && own[question] is JsonValue answer && answer.TryGetValue(out bool known) ? known : null;

    /// <summary>Keeps an answer. Those of other machines, which can share the folder, stay.</summary>
    internal void Keep(string question, bool answer)
    {
        lock (Gate)
        {
            JsonObject all = Read();
            if (all[Machine] is not JsonObject own)
            {
                all[Machine] = own = [];
            }

            own[question] = answer;
            Write(all);
        }
    }

    private JsonObject Read()
    {
        try
        {
            if (Path is not null && new FileInfo(Path) is { Exists: true, Length: <= MostBytes })
            {
                return JsonNode.Parse(File.ReadAllBytes(Path), documentOptions: Unique) as JsonObject ?? [];
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or JsonException)
        {
        }

        return [];
    }

    private void Write(JsonObject all)
    {
        if (Path is null)
        {
            return;
        }

        string aside = string.Create(CultureInfo.InvariantCulture, $"{Path}.{Environment.ProcessId}");
        try
        {
            Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path)!);
            File.WriteAllText(aside, all.ToJsonString(Indented));
            File.Move(aside, Path, overwrite: true);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
        }
    }

    private static string? PathOfUser()
    {
        string? named = Environment.GetEnvironmentVariable(FolderVariable);
        string folder = string.IsNullOrEmpty(named) ? Environment.GetFolderPath(Environment.SpecialFolder.LocalApplicationData) : named;
        return named == "off" || folder.Length == 0 ? null : System.IO.Path.Combine(folder, "Peft.Declarative", "machine.json");
    }

    // All on which the answer depends: what multiplies, on how many threads, and the libraries whose ways are compared.
    private static string ThisMachine() => string.Create(CultureInfo.InvariantCulture,
        $"{ProcessorName.Value}, {OpenMpThreads.Most} threads, libtorch {VersionOf(typeof(TorchSharp.torch))}, Peft.Declarative {VersionOf(typeof(MachineAnswers))}");

    private static Version? VersionOf(Type type) => type.Assembly.GetName().Version;
}
