using System.Net;
using System.Net.Sockets;

namespace Peft.Declarative.Orleans.Tests;

/// <summary>Ports of this machine for programs that have to be told one.</summary>
internal static class FreePort
{
    /// <summary>A port that nobody listens at.</summary>
    internal static int Next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
