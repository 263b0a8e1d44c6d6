using System.Diagnostics;
using System.Globalization;
using static TorchSharp.torch;

namespace Peft.Declarative.Tests.Gpu;

/// <summary>
/// <c>-- device [cuda or cpu] [check …]</c>: the checks that want a GPU, which CI does not have. On a CPU they are a rehearsal with small sizes.
/// </summary>
internal static class DeviceProgram
{
    internal static int Run(string[] arguments)
    {
        string type = arguments.Length > 0 ? arguments[0] : "cuda";
        var options = new DeviceCheckOptions(new Device(type), IsRehearsal: type == "cpu");
        string[] names = arguments.Length > 1 ? arguments[1..] : [.. DeviceCheck.All.Select(check => check.Name)];
        return Run(options, names, Console.Out);
    }

    /// <summary>Runs checks one after the other. One that fails does not stop the others, except the first, without which none can run.</summary>
    /// <returns>0 if all passed.</returns>
    internal static int Run(DeviceCheckOptions options, IEnumerable<string> names, TextWriter output)
    {
        int failed = 0;
        foreach (DeviceCheck check in DeviceCheck.All.Where(check => names.Contains(check.Name)))
        {
            long start = Stopwatch.GetTimestamp();
            string result;
            try
            {
                result = $"ok    {check.Name}: {check.Run(options)}";
            }
            catch (Exception error)
            {
                failed++;
                result = $"FAIL  {check.Name}: {error.GetType().Name}: {error.Message}";
            }

            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{result} ({Stopwatch.GetElapsedTime(start).TotalSeconds:F1} s)"));
            output.Flush();
            if (failed > 0 && check.Name == DeviceCheck.All[0].Name)
            {
                break;
            }
        }

        return failed == 0 ? 0 : 1;
    }
}
