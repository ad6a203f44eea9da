using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace CampaignFlow.Storage.Migrations.Postgres
{
    /// <inheritdoc />
    public partial class TriggersAndMails : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "triggered_at",
                table: "wf_inbox",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "triggers_at",
                table: "wf_definition_version",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "uses",
                table: "wf_definition_version",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "bcc",
                table: "mail",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "cc",
                table: "mail",
                type: "text",
                nullable: true);

            migrationBuilder.AddColumn<string>(
                name: "from",
                table: "mail",
                type: "text",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "wf_trigger",
                columns: table => new
                {
                    version_id = table.Column<Guid>(type: "uuid", nullable: false),
                    activity = table.Column<string>(type: "text", nullable: false),
                    kind = table.Column<string>(type: "text", nullable: false),
                    key = table.Column<string>(type: "text", nullable: false),
                    definition_id = table.Column<string>(type: "text", nullable: false),
                    since = table.Column<long>(type: "bigint", nullable: false),
                    due_at = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("pk_wf_trigger", x => new { x.version_id, x.activity, x.kind, x.key });
                });

            migrationBuilder.CreateIndex(
                name: "ix_wf_inbox_event",
                table: "wf_inbox",
                column: "key",
                filter: "kind = 'event' and triggered_at is null");

            migrationBuilder.CreateIndex(
                name: "ix_wf_definition_version_triggers_at",
                table: "wf_definition_version",
                column: "triggers_at",
                filter: "triggers_at is null and published");

            migrationBuilder.CreateIndex(
                name: "ix_wf_trigger_due_at",
                table: "wf_trigger",
                column: "due_at",
                filter: "due_at is not null");

            migrationBuilder.CreateIndex(
                name: "ix_wf_trigger_kind_key",
                table: "wf_trigger",
                columns: new[] { "kind", "key" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "wf_trigger");

            migrationBuilder.DropIndex(
                name: "ix_wf_inbox_event",
                table: "wf_inbox");

            migrationBuilder.DropIndex(
                name: "ix_wf_definition_version_triggers_at",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "triggered_at",
                table: "wf_inbox");

            migrationBuilder.DropColumn(
                name: "triggers_at",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "uses",
                table: "wf_definition_version");

            migrationBuilder.DropColumn(
                name: "bcc",
                table: "mail");

            migrationBuilder.DropColumn(
                name: "cc",
                table: "mail");

            migrationBuilder.DropColumn(
                name: "from",
                table: "mail");
        }
    }
}
