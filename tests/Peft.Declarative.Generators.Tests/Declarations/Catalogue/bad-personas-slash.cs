// expect: PEFT304 at "a/b"
using Peft.Declarative;
using Peft.Declarative.Models;
[Lora(rank: 4)] [Personas("captain", "a/b")]
public sealed partial class Persona : LlamaForCausalLM;
